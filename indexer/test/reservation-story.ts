// Every event of the Reservations and Verifiers contracts, and standing orders, driven on a real chain.
import { type Address, bytesToHex, keccakText } from "@berth/protocol"
import { keyOf, type TestMarket, type TestNode, TestTab, type Wallet } from "../../test/support/market.ts"
import { DAY, Reserving, type TestReservation } from "./reserving.ts"
import { anchor } from "./story.ts"

export interface ReservationStory {
  readonly node: TestNode
  /** First day of every reservation. */
  readonly start: number
  /** a served and sold, b without signer, c cancelled alone, d by agreement, e never claimed, f attested. */
  readonly reservations: Record<"a" | "b" | "c" | "d" | "e" | "f", TestReservation>
  /** Signer of the tab that has a standing order. */
  readonly ordered: Address
  /** Tabs of reserved work: of a's signer, which opens it on chain in the end; of b's buyer's signer; of one that no reservation names. */
  readonly worked: { readonly a: TestTab; readonly b: TestTab; readonly stranger: TestTab }
}

/** Accounts: 0 recorder, 5 operator, 6 tenant, 7 buyer, 8 a stranger who submits; 19 owns the contracts. */
export async function playReservations(market: TestMarket): Promise<ReservationStory> {
  const r = new Reserving(market)
  const [operator, tenant] = [market.account(5), market.account(6)]
  await market.call(market.account(19), "setFee", [250])
  await r.addSet(market.account(19))
  const offers = [{ class: "nvidia/rtx-4090", count: 8, vramMiB: 24_576, price: 31_250n, discounts: [{ term: 5, bps: 3_000 }] }]
  const node = await market.registerNode("node c", operator, { offers, recorders: [market.account(0).address] })
  await market.deposit(operator, 100_000_000n)
  await market.deposit(tenant, 200_000_000n)
  await r.call(operator, "stake", [50_000_000n])
  await r.call(operator, "setLockable", [node.address, 45_000_000n])
  await r.call(operator, "requestUnstake", [2_000_000n])
  const a = await r.reserve(tenant, node, "a", "agent a", { term: 10 })
  const b = await r.reserve(tenant, node, "b", undefined, { term: 3 })
  const c = await r.reserve(tenant, node, "c", "agent c", {})
  const d = await r.reserve(tenant, node, "d", "agent d", {})
  const e = await r.reserve(tenant, node, "e", "agent e", { term: 8 })
  const f = await r.reserve(tenant, node, "f", "agent f", { term: 3, collateralBps: 0 })
  const until = (await market.chainTime()) + 40n * DAY
  const order = { base: 10_000n, cap: 1_000_000n, rate: 3_600n, from: 0, until: Number(until) }
  const ordered = await r.openWithOrder(tenant, "ordered", node, 5_000_000n, order)
  const [ofA, ofB, stranger] = ["agent a", "agent b", "no agent"].map((name) => new TestTab(market.market, node, keyOf(name)))
  const worked = { a: ofA!, b: ofB!, stranger: stranger! }
  const story = { node, start: a.quote.startDay, reservations: { a, b, c, d, e, f }, ordered, worked }
  await served(r, story)
  await aftermath(r, story)
  await market.openTab(tenant, "agent a", node, 1_000n)
  return story
}

/** A receipt of half a minute's reserved work, anchored by the recorder that the node named. */
async function work(r: Reserving, tab: TestTab, ms: bigint): Promise<void> {
  tab.price = 0n
  const { number: block } = await r.market.chain.client.getBlock()
  const receipt = tab.receipt({ day: await r.today(), block, usage: [{ leaseNo: 1, cumulativeMs: ms }] })
  await anchor(r.market, r.market.account(0), [receipt])
}

/** Days 2 to 5: claims, a sale, both cancels, a refund, an attestation. */
async function served(r: Reserving, { node, start, reservations: { a, b, c, d }, ordered, worked }: ReservationStory): Promise<void> {
  const [tenant, buyer, stranger] = [6, 7, 8].map((i) => r.market.account(i)) as [Wallet, Wallet, Wallet]
  await r.market.deposit(buyer, 1_000n)
  await r.toDay(start)
  await work(r, worked.a, 30_000n)
  await work(r, worked.a, 60_000n)
  await work(r, worked.stranger, 30_000n)
  await r.toDay(start + 2)
  await r.claim(stranger, a, "agent a", start, [0, 701])
  await r.call(stranger, "claimUnsignedDays", [b.id, start, 2])
  await r.call(tenant, "transferFrom", [tenant.address, buyer.address, a.id])
  await r.nameSigner(buyer, a, "agent b")
  await r.call(tenant, "cancel", [c.id])
  await r.cancelAgreed(tenant, d, start + 4, 3_333)
  await r.claimOrder(stranger, ordered, node, 50_000n)
  await r.toDay(start + 3)
  // A day that was given 0 minutes before, one that is resolved already, and one of 0 minutes, which stays open.
  await r.claim(stranger, a, "agent a", start, [1_440, 5, 0])
  await r.call(buyer, "askRefund", [a.id])
  await r.claim(stranger, c, "agent c", start, [1_440])
  await r.toDay(start + 5)
  await work(r, worked.b, 30_000n)
  await r.call(buyer, "takeRefund", [a.id])
  await r.claim(stranger, a, "agent b", start + 4, [1_439])
  await r.attest(stranger, start + 4, bytesToHex(keccakText("measured")))
}

/** Days 8 to 12: a quorum's word, stake taken out, and what was never claimed. */
async function aftermath(r: Reserving, { node, start, reservations: { a, b, c, d, e, f } }: ReservationStory): Promise<void> {
  const [operator, tenant, buyer, stranger] = [5, 6, 7, 8].map((i) => r.market.account(i)) as [Wallet, Wallet, Wallet, Wallet]
  await r.toDay(start + 8)
  await r.attestDays(stranger, f, start, 2)
  await r.call(operator, "finishUnstake", [])
  await r.toDay(start + 12)
  for (const { id } of [a, b, e, f]) await r.call(stranger, "lapseDays", [id])
  // What days before a cancel left is taken by who cancelled; posting it ends the term of one of them.
  for (const { id } of [c, d]) await r.call(tenant, "takeRefund", [id])
  await r.call(buyer, "askRefund", [a.id])
  await r.call(operator, "setLockable", [node.address, 1_000_000n])
  await r.call(operator, "requestUnstake", [3_000_000n])
}
