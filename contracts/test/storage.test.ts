// Storage lies where docs/contracts.md draws it: slots and packing, read from the chain and not by getters.
import { expect } from "chai"
import { seeded, seededWallet } from "./support/batch.ts"
import { deployBerth, ethers, fund, loadFixture, open, register, time, USD, withTab } from "./support/harbour.ts"
import { atDay, attest, COLLATERAL, claim, FULL, PRICE, type Reserved, reserved, TERM, today, withStake } from "./support/reserved.ts"
import { withOrder } from "./support/standing.ts"
import { settleOne } from "./support/tab.ts"
import { ATTESTATION_LIFE, addresses, members, SECONDS_PER_DAY, signAll, withVerifiers } from "./support/verifiers.ts"

const at = async (contract: string, slot: bigint) => BigInt(await ethers.provider.getStorage(contract, slot))
/** The slot of `key` in the mapping at `slot`. */
const entry = (key: string | bigint, slot: bigint) => BigInt(ethers.solidityPackedKeccak256(["uint256", "uint256"], [key, slot]))

describe("storage", () => {
  it("the core: owner, settings, credits, nodes, tabs", async () => {
    const { berth, owner, operator, tenant, stranger, signer, node } = await loadFixture(withTab)
    const core = await berth.getAddress()
    await berth.connect(owner).getFunction("setFee")(77)
    await berth.connect(owner).getFunction("setPaused")(true)
    await berth.connect(owner).getFunction("transferOwnership")(stranger.address)
    await berth.connect(tenant).getFunction("requestClose")(signer.address, node.address)
    const requestedAt = BigInt(await time.latest())
    expect(await at(core, 0n)).to.equal(BigInt(owner.address))
    expect(await at(core, 1n)).to.equal(BigInt(stranger.address) | (77n << 160n) | (1n << 176n))
    expect(await at(core, entry(tenant.address, 3n))).to.equal(900n * USD)
    expect(await at(core, entry(node.address, 4n))).to.equal(BigInt(operator.address) | (1n << 168n))
    const tab = entry(signer.address, entry(node.address, 5n))
    expect(await at(core, tab)).to.equal((1n << 120n) | (requestedAt << 80n) | (100n * USD))
    expect(await at(core, tab + 1n)).to.equal(BigInt(tenant.address))
    await berth.connect(operator).getFunction("retireNode")(node.address)
    expect(await at(core, entry(node.address, 4n))).to.equal(BigInt(operator.address) | (1n << 160n) | (1n << 168n))
  })

  it("fees, and a tab's whole word", async () => {
    const harbour = await loadFixture(deployBerth)
    const { berth, owner, operator, tenant } = harbour
    const [core, node, signer] = [await berth.getAddress(), seededWallet("node"), seededWallet("signer")]
    await berth.connect(owner).getFunction("setFee")(77)
    await register(harbour, operator, node)
    await fund(harbour, tenant, 100n * USD)
    await open(harbour, tenant, signer, node.address, 100n * USD)
    await settleOne({ ...harbour, node, signer }, 40n * USD)
    await berth.connect(tenant).getFunction("requestClose")(signer.address, node.address)
    const requestedAt = BigInt(await time.latest())
    const fee = (40n * USD * 77n) / 10_000n
    expect(await at(core, 2n)).to.equal(fee)
    expect(await at(core, entry(operator.address, 3n))).to.equal(40n * USD - fee)
    const word = ((40n * USD) << 192n) | (1n << 120n) | (requestedAt << 80n) | (77n << 64n) | (100n * USD)
    expect(await at(core, entry(signer.address, entry(node.address, 5n)))).to.equal(word)
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

  it("records: a recorder's head", async () => {
    const { records, operator, tenant } = await loadFixture(deployBerth)
    for (const recorder of [operator, tenant]) {
      const root = ethers.id(`root of ${recorder.address}`)
      const { blockNumber } = await (await records.connect(recorder).getFunction("anchor")(root, "0x")).wait()
      const head = ethers.solidityPackedKeccak256(["uint256", "bytes32", "uint256"], [0, root, blockNumber])
      expect(await at(await records.getAddress(), entry(recorder.address, 0n))).to.equal(BigInt(head))
    }
  })
})

describe("reservations' storage, each field with a value", () => {
  /** A fee of 2.5 %, and the reservation's day 0 nine days ago: nobody claimed it, and its time is over. */
  async function withLapse(): Promise<Reserved & { here: string }> {
    const staked = await withStake()
    await staked.berth.connect(staked.owner).getFunction("setFee")(250)
    const running = await reserved(staked)
    await atDay(running.first + 9)
    return { ...running, here: await running.reservations.getAddress() }
  }

  it("stakes: free, unbonding, when it unbonds; what a node may lock", async () => {
    const { reservations, here, operator, node } = await loadFixture(withLapse)
    await reservations.connect(operator).getFunction("requestUnstake")(1_000n * USD)
    const unbondsAt = BigInt((await time.latest()) + 7 * SECONDS_PER_DAY)
    expect(await at(here, entry(operator.address, 0n))).to.equal((unbondsAt << 128n) | ((1_000n * USD) << 64n) | (4_000n * USD))
    expect(await at(here, entry(node.address, 1n))).to.equal(10_000n * USD - BigInt(TERM) * COLLATERAL)
  })

  it("ERC-721: name, symbol, owners, balances, approvals of tokens and of all", async () => {
    const running = await loadFixture(withLapse)
    const { reservations, here, tenant, stranger, operator, id } = running
    await reserved(running, { nonce: seeded("a second one") })
    await reservations.connect(tenant).getFunction("approve")(stranger.address, id)
    await reservations.connect(tenant).getFunction("setApprovalForAll")(operator.address, true)
    const short = (text: string) => BigInt(ethers.encodeBytes32String(text)) | BigInt(2 * text.length)
    expect(await at(here, 2n)).to.equal(short("Berth Reservation"))
    expect(await at(here, 3n)).to.equal(short("BERTH"))
    expect(await at(here, entry(id, 4n))).to.equal(BigInt(tenant.address))
    expect(await at(here, entry(tenant.address, 5n))).to.equal(2n)
    expect(await at(here, entry(id, 6n))).to.equal(BigInt(stranger.address))
    expect(await at(here, entry(operator.address, entry(tenant.address, 7n)))).to.equal(1n)
  })

  it("terms, money and progress: with a lapsed day before the cursor, or one by a quorum, and marks of both kinds behind it", async () => {
    const running = await loadFixture(withLapse)
    const { reservations, here, tenant, node, signer, stranger, id, first } = running
    const words = entry(id, 8n)
    const terms = (1n << 232n) | (8n << 224n) | (2n << 208n) | (BigInt(TERM) << 192n) | (BigInt(first) << 160n) | BigInt(node.address)
    expect(await at(here, words)).to.equal(terms)
    expect(await at(here, words + 3n)).to.equal(BigInt(ethers.encodeBytes32String("nvidia/rtx-4090")) | 30n)
    const money = (earned: bigint) =>
      (30n << 240n) | (2000n << 224n) | (250n << 208n) | (5000n << 192n) | ((PRICE + COLLATERAL) << 128n) | (earned << 64n) | PRICE

    await reservations.connect(tenant).getFunction("setSigner")(id, stranger.address)
    await claim(running, first + 4, [FULL])
    await attest(running, first + 2, 1)
    expect(await at(here, words + 1n)).to.equal(money(2n * PRICE))
    // Days 4 and 2 at the cursor's 3 and 1.
    const [changed, by] = [1n << 253n, BigInt(signer.address)]
    expect(await at(here, words + 2n)).to.equal(changed | (1n << 249n) | (1n << 240n) | (0b10n << 200n) | (0b1010n << 160n) | by)
    await claim(running, first + 1, [FULL])
    expect(await at(here, words + 1n)).to.equal(money(3n * PRICE))
    expect(await at(here, words + 2n)).to.equal(changed | (1n << 251n) | (3n << 240n) | (0b10n << 160n) | by)
  })

  it("holdings with a refund that was asked for; older changes of signer; who cancelled", async () => {
    const { reservations, here, tenant, stranger, operator, id, first } = await loadFixture(withLapse)
    await reservations.connect(tenant).getFunction("setSigner")(id, stranger.address)
    await atDay(first + 10)
    await reservations.connect(tenant).getFunction("setSigner")(id, operator.address)
    await reservations.connect(tenant).getFunction("askRefund")(id)
    const askedAt = BigInt(await time.latest())
    expect(await today()).to.equal(first + 10)
    const holding = (BigInt(operator.address) << 96n) | (BigInt(first + 12) << 64n) | (2n << 40n) | askedAt
    expect(await at(here, entry(id, 10n))).to.equal(holding)
    expect(await at(here, entry(1n, entry(id, 11n)))).to.equal((BigInt(stranger.address) << 32n) | BigInt(first + 11))
    await reservations.connect(tenant).getFunction("cancel")(id)
    expect(await at(here, entry(id, 9n))).to.equal(BigInt(tenant.address))
    expect(await at(here, entry(id, 4n))).to.equal(0n)
  })
})
