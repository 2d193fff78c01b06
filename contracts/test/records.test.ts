// Anchors: the branches of trees/anchor.tree. The formulas are tested by vectors (vectors.test.ts).
import { expect } from "chai"
import { type Account, deployBerth, ethers, loadFixture } from "./support/harbour.ts"

const [ROOT, OTHER] = [ethers.id("a"), ethers.id("b")]

async function anchoring() {
  const harbour = await deployBerth()
  const { records } = harbour
  const anchor = async (by: Account, root: string, data = "0x") => {
    const sent = await records.connect(by).getFunction("anchor")(root, data)
    return { sent, block: (await sent.wait()).blockNumber as number }
  }
  const head = (by: Account): Promise<string> => records.getFunction("heads")(by.address)
  return { ...harbour, anchor, head }
}

const chained = (previous: string, root: string, block: number) =>
  ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(["bytes32", "bytes32", "uint256"], [previous, root, block]))

describe("anchor", () => {
  it("given a recorder's first anchor: it should chain it to zero", async () => {
    const { records, operator, anchor, head } = await loadFixture(anchoring)
    expect(await head(operator)).to.equal(ethers.ZeroHash)
    const { sent, block } = await anchor(operator, ROOT)
    const expected = chained(ethers.ZeroHash, ROOT, block)
    await expect(sent).to.emit(records, "Anchored").withArgs(operator.address, ROOT, expected, "0x")
    expect(await head(operator)).to.equal(expected)
  })

  it("given a recorder with anchors: it should chain it to the last one, also if the root is the same", async () => {
    const { records, operator, stranger, anchor, head } = await loadFixture(anchoring)
    let last = ethers.ZeroHash
    for (const root of [ROOT, ROOT, OTHER]) {
      const { sent, block } = await anchor(operator, root)
      last = chained(last, root, block)
      await expect(sent).to.emit(records, "Anchored").withArgs(operator.address, root, last, "0x")
    }
    // Recorders are kept apart.
    expect(await head(stranger)).to.equal(ethers.ZeroHash)
    const { block } = await anchor(stranger, ROOT)
    expect(await head(stranger)).to.equal(chained(ethers.ZeroHash, ROOT, block))
    expect(await head(operator)).to.equal(last)
  })

  it("when records are added: it should put them into the event, unread", async () => {
    const { records, operator, anchor, head } = await loadFixture(anchoring)
    for (const data of ["0x0102", `0x${"ab".repeat(500)}`]) {
      const before = await head(operator)
      const { sent, block } = await anchor(operator, OTHER, data)
      await expect(sent)
        .to.emit(records, "Anchored")
        .withArgs(operator.address, OTHER, chained(before, OTHER, block), data)
    }
  })
})
