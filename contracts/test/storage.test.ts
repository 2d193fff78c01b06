// Storage lies where docs/contracts.md draws it: slots and packing, read from the chain and not by getters.
import { expect } from "chai"
import { ethers, loadFixture, time, USD, withTab } from "./support/harbour.ts"
import { withOrder } from "./support/standing.ts"
import { ATTESTATION_LIFE, addresses, members, SECONDS_PER_DAY, signAll, withVerifiers } from "./support/verifiers.ts"

const at = async (contract: string, slot: bigint) => BigInt(await ethers.provider.getStorage(contract, slot))
/** The slot of `key` in the mapping at `slot`. */
const entry = (key: string | bigint, slot: bigint) => BigInt(ethers.solidityPackedKeccak256(["uint256", "uint256"], [key, slot]))

describe("storage", () => {
  it("the core: owner, settings, fees, credits, nodes, tabs", async () => {
    const { berth, owner, operator, tenant, stranger, signer, node } = await loadFixture(withTab)
    const core = await berth.getAddress()
    await berth.connect(owner).getFunction("setFee")(77)
    await berth.connect(owner).getFunction("setPaused")(true)
    await berth.connect(owner).getFunction("transferOwnership")(stranger.address)
    await berth.connect(tenant).getFunction("requestClose")(signer.address, node.address)
    const requestedAt = BigInt(await time.latest())
    expect(await at(core, 0n)).to.equal(BigInt(owner.address))
    expect(await at(core, 1n)).to.equal(BigInt(stranger.address) | (77n << 160n) | (1n << 176n))
    expect(await at(core, 2n)).to.equal(0n)
    expect(await at(core, entry(tenant.address, 3n))).to.equal(900n * USD)
    expect(await at(core, entry(node.address, 4n))).to.equal(BigInt(operator.address) | (1n << 168n))
    const tab = entry(signer.address, entry(node.address, 5n))
    expect(await at(core, tab)).to.equal((1n << 120n) | (requestedAt << 80n) | (100n * USD))
    expect(await at(core, tab + 1n)).to.equal(BigInt(tenant.address))
    await berth.connect(operator).getFunction("retireNode")(node.address)
    expect(await at(core, entry(node.address, 4n))).to.equal(BigInt(operator.address) | (1n << 160n) | (1n << 168n))
  })

  it("a standing order: one word", async () => {
    const { berth, signer, node, order } = await loadFixture(withOrder)
    const slot = entry(signer.address, entry(node.address, 6n))
    const word = order.base | (order.cap << 64n) | (order.rate << 128n) | (BigInt(order.from) << 192n) | (BigInt(order.until) << 224n)
    expect(await at(await berth.getAddress(), slot)).to.equal(word)
    expect(await at(await berth.getAddress(), slot + 1n)).to.equal(0n)
  })

  it("verifiers: latest set, sets, attestations", async () => {
    const harbour = await loadFixture(withVerifiers)
    const { verifiers, day } = harbour
    const here = await verifiers.getAddress()
    expect(await at(here, 0n)).to.equal(1n)
    const set = entry(1n, 1n)
    expect(await at(here, set)).to.equal(2n)
    expect(await at(here, set + 1n)).to.equal(3n)
    const first = BigInt(ethers.solidityPackedKeccak256(["uint256"], [set + 1n]))
    for (const [i, address] of addresses.entries()) expect(await at(here, first + BigInt(i))).to.equal(BigInt(address))
    const root = ethers.id("root")
    await verifiers.getFunction("attest")(day, root, 0b011, await signAll(harbour, "Attestation", { day, root }, members.slice(0, 2)))
    const attestation = entry(BigInt(day), 2n)
    expect(await at(here, attestation)).to.equal(BigInt(root))
    const expiresAt = BigInt((day + 1) * SECONDS_PER_DAY + ATTESTATION_LIFE)
    expect(await at(here, attestation + 1n)).to.equal(1n | (expiresAt << 16n))
  })
})
