// Solidity against protocol/vectors: the same files that the TypeScript is tested against.
import { readFile } from "node:fs/promises"
import { expect } from "chai"
import { encodeBatch, seededWallet, signLine } from "./support/batch.ts"
import { DAY, deployBerth, ethers, fund, loadFixture, networkHelpers, open, register } from "./support/harbour.ts"

// biome-ignore lint/suspicious/noExplicitAny: the files' shapes are checked by what the tests read from them
async function vectors(name: string): Promise<any> {
  return JSON.parse(await readFile(new URL(`../../protocol/vectors/${name}.json`, import.meta.url), "utf8"))
}

const amounts = await vectors("amounts")
const leaves = await vectors("leaves")

async function recordsContract() {
  return (await loadFixture(deployBerth)).records
}

describe("Vectors: records", () => {
  it("tab ids", async () => {
    const records = await recordsContract()
    for (const { chainId, contract, signer, node, tab } of (await vectors("ids")).tabs) {
      expect(await records.getFunction("tabId")(chainId, contract, signer, node)).to.equal(tab)
    }
  })

  it("amounts, down to the last credit and up to 2^64 - 1", async () => {
    const records = await recordsContract()
    const amount = records.getFunction("recordAmount")
    for (const { msBefore, msAfter, price, amount: expected } of amounts.records) {
      expect(await amount(msBefore, msAfter, price)).to.equal(BigInt(expected))
    }
    for (const { msBefore, msAfter, price } of amounts.tooLarge) {
      await expect(amount(msBefore, msAfter, price)).to.be.revertedWithCustomError(records, "AmountTooLarge")
    }
    await expect(amount(2, 1, 1))
      .to.be.revertedWithCustomError(records, "TimeWentBack")
      .withArgs(2, 1)
  })

  it("amounts of two-second slices add up to the amount of the whole", async () => {
    const records = await recordsContract()
    const { price, parts, total } = amounts.slices
    let before = "0"
    let sum = 0n
    for (const { cumulativeMs, amount } of parts) {
      const part = await records.getFunction("recordAmount")(before, cumulativeMs, price)
      expect(part).to.equal(BigInt(amount))
      sum += part
      before = cumulativeMs
    }
    expect(sum).to.equal(BigInt(total))
  })

  it("leaves of records, terms and anchors", async () => {
    const records = await recordsContract()
    for (const { publicTermsHash, ...terms } of leaves.publicTerms) {
      expect(await records.getFunction("publicTermsHash")(terms)).to.equal(publicTermsHash)
    }
    for (const { tab, leaseNo, publicTermsHash, leaf } of leaves.terms) {
      expect(await records.getFunction("termsLeaf")(tab, leaseNo, publicTermsHash)).to.equal(leaf)
    }
    for (const { tab, seq, block, packed, leaf, ...record } of leaves.records) {
      expect(await records.getFunction("packRecord")(record)).to.equal(packed)
      const unpacked = await records.getFunction("unpackRecord")(packed)
      expect([...unpacked].map(String)).to.deep.equal(
        [record.leaseNo, record.cumulativeMs, record.amount, record.requests, record.tokens].map(String),
      )
      expect(await records.getFunction("recordLeaf")(tab, block, seq, packed)).to.equal(leaf)
    }
    for (const { tab, seq, root, leaf } of leaves.anchors) {
      expect(await records.getFunction("anchorLeaf")(tab, seq, root)).to.equal(leaf)
    }
  })

  it("Merkle roots and proofs", async () => {
    const records = await recordsContract()
    for (const { leaves, root, proofs } of await vectors("merkle")) {
      expect(await records.getFunction("merkleRoot")(leaves)).to.equal(root)
      for (const { index, leaf, proof } of proofs) {
        expect(await records.getFunction("verifyProof")(leaf, index, proof, root)).to.equal(true)
        expect(await records.getFunction("verifyProof")(ethers.id("other"), index, proof, root)).to.equal(false)
        if (proof.length === 0) continue
        expect(await records.getFunction("verifyProof")(leaf, index ^ 1, proof, root)).to.equal(false)
        await expect(records.getFunction("verifyProof")(leaf, 2 ** proof.length, proof, root)).to.be.revertedWithCustomError(
          records,
          "IndexOutsideTree",
        )
      }
    }
  })

  it("a proof longer than an index has bits is refused", async () => {
    const records = await recordsContract()
    const refused = (length: number) =>
      records.getFunction("verifyProof")(ethers.id("leaf"), 2n ** 256n - 1n, Array(length).fill(ethers.ZeroHash), ethers.ZeroHash)
    await expect(refused(255))
      .to.be.revertedWithCustomError(records, "IndexOutsideTree")
      .withArgs(2n ** 256n - 1n, 255)
    await expect(refused(256))
      .to.be.revertedWithCustomError(records, "IndexOutsideTree")
      .withArgs(2n ** 256n - 1n, 256)
  })

  it("day trees, up to the 65,536th leaf", async () => {
    const records = await recordsContract()
    const { trees, full } = await vectors("day-tree")
    for (const { leaves, root, proofs } of trees) {
      expect(await records.getFunction("dayTreeRoot")(leaves)).to.equal(root)
      for (const { index, leaf, proof } of proofs) {
        expect(await records.getFunction("verifyDayProof")(leaf, index, proof, root)).to.equal(true)
      }
    }
    expect(await records.getFunction("verifyDayProof")(full.leaf, full.index, full.proof, full.root)).to.equal(true)
    await expect(
      records.getFunction("verifyDayProof")(full.leaf, full.index % 2 ** 15, full.proof.slice(1), full.root),
    ).to.be.revertedWithCustomError(records, "NotADayTree")
  })

  it("recordsHash", async () => {
    const records = await recordsContract()
    for (const { opening: o, receipt } of await vectors("receipts")) {
      const args = [o.tab, o.seq, o.block, o.used, o.treeSize, o.treeRoot, o.previousDayRecordsHash]
      expect(await records.getFunction("recordsHash")(...args)).to.equal(receipt.recordsHash)
    }
  })
})

describe("Vectors: settlement", () => {
  it("a batch as TypeScript packs and signs it recovers its signers here", async () => {
    const { berth, domain, chainId } = await loadFixture(deployBerth)
    const { market, batches } = await vectors("settlement")
    expect(BigInt(market.chainId)).to.equal(chainId)
    // The vectors' contract address gets this contract's code: the digests are for that address.
    await networkHelpers.setCode(market.contract, await ethers.provider.getCode(await berth.getAddress()))
    const core = await ethers.getContractAt("Berth", market.contract)
    expect(await core.getFunction("DOMAIN_SEPARATOR")()).to.equal(
      ethers.TypedDataEncoder.hashDomain({ ...domain, verifyingContract: market.contract }),
    )
    for (const { lines, batch } of batches) {
      if (lines.length === 0) {
        await expect(core.getFunction("settle")(batch)).to.be.revertedWithCustomError(core, "MalformedBatch")
        continue
      }
      const receipt = await (await core.getFunction("settle")(batch)).wait()
      // Nobody has a tab at that address: every line is reported with the signer it recovered.
      const skipped = receipt.logs.map((log: { topics: string[]; data: string }) => core.interface.parseLog(log)!.args)
      const expected = lines.map((line: { receipt: Record<string, string>; countersignature: string }) =>
        ethers.verifyTypedData(
          { ...domain, verifyingContract: market.contract },
          {
            Receipt: ["node:address", "day:uint32", "gpuMs:uint64", "amount:uint64", "recordsHash:bytes32"].map((field) => ({
              name: field.split(":")[0]!,
              type: field.split(":")[1]!,
            })),
          },
          line.receipt,
          line.countersignature,
        ),
      )
      expect(skipped.map((args: { signer: string }) => args.signer).sort()).to.deep.equal(expected.sort())
    }
  })

  it("fees", async () => {
    const harbour = await loadFixture(deployBerth)
    const { berth, owner, tenant, operator, domain } = harbour
    const node = seededWallet("node")
    await register(harbour, operator, node)
    const fees = amounts.fees.filter((fee: { bps: number; total: string }) => fee.bps <= 500 && fee.total !== "0")
    expect(fees.length).to.be.greaterThan(5)
    for (const [i, { total, bps, fee }] of fees.entries()) {
      const signer = seededWallet(`fee signer ${i}`)
      await berth.connect(owner).getFunction("setFee")(bps)
      await fund(harbour, tenant, BigInt(total))
      await open(harbour, tenant, signer, node.address, BigInt(total))
      const before = await berth.getFunction("accruedFees")()
      const lines = [
        await signLine(signer, domain, node.address, DAY, BigInt(total) / 3n),
        await signLine(signer, domain, node.address, DAY, BigInt(total)),
      ]
      await berth.getFunction("settle")(encodeBatch({ node: node.address, day: DAY, lines }))
      expect((await berth.getFunction("accruedFees")()) - before).to.equal(BigInt(fee))
    }
  })
})
