// Every event of the contracts, driven on a real chain.
import { type AnchorEntry, anchorRoot, bytesToHex, dayOf, packAnchor } from "@berth/protocol"
import { computeRecordsAbi } from "@berth/protocol/abi"
import { profileOf, type SignedReceipt, type TestMarket, type TestNode, type TestTab } from "../../test/support/market.ts"

export interface Story {
  readonly nodes: { readonly a: TestNode; readonly b: TestNode }
  readonly tabs: { readonly one: TestTab; readonly two: TestTab; readonly three: TestTab }
  readonly day: number
}

export const DISCOUNTS = [
  { term: 30, bps: 1_000 },
  { term: 180, bps: 2_500 },
]
const offer = (name: string, price: bigint) => ({ class: name, count: 2, vramMiB: 24_576, price, discounts: DISCOUNTS })

/** Accounts: 0 recorder, 1 operator, 2 tenant, 3 another tenant, 4 a stranger who anchors; 19 owns the contracts. */
export async function playStory(market: TestMarket): Promise<Story> {
  const { chain } = market
  const owner = market.account(19)
  const [recorder, operator, tenant, other, stranger] = [0, 1, 2, 3, 4].map((i) => market.account(i)) as never as ReturnType<
    typeof market.account
  >[]
  await market.call(owner, "setFee", [100])
  const recorders = [recorder!.address]
  const a = await market.registerNode("node a", operator!, { region: "DE/Berlin", recorders, offers: [offer("nvidia/rtx-4090", 360_000n)] })
  const b = await market.registerNode("node b", operator!, { tier: 1, region: "JP\0", offers: [offer("nvidia/h200", 3_000_000n)] })
  await market.call(operator!, "setOffers", [b.address, [offer("nvidia/h200", 2_900_000n), offer("cpu/x86-64", 10_000n)]])
  await market.call(operator!, "updateNode", [
    a.address,
    profileOf({ tier: 2, region: "FR/Paris", addresses: ["/ip4/127.0.0.1/tcp/9001"], recorders }),
  ])
  await market.deposit(tenant!, 20_000_000n)
  await market.deposit(other!, 5_000_000n)
  await market.call(other!, "withdraw", [1_000_000n, other!.address])
  const one = await market.openTab(tenant!, "signer 1", a, 5_000_000n)
  const two = await market.openTab(tenant!, "signer 2", a, 1_000_000n)
  const three = await market.openTab(other!, "signer 3", b, 2_000_000n)
  await market.call(tenant!, "topUp", [two.signer, a.address, 500_000n])
  const { number, timestamp } = await chain.client.getBlock()
  const day = dayOf(timestamp)
  const work = (tab: TestTab, ms: bigint, leaseNo = 1) => tab.receipt({ day, block: number, usage: [{ leaseNo, cumulativeMs: ms }] })
  const first = [work(one, 1_800_000n), work(two, 900_000n)]
  await anchor(market, recorder!, first)
  const second = [work(one, 3_600_000n), work(one, 600_000n, 2), work(two, 1_800_000n)]
  await anchor(market, recorder!, second)
  // Counted for nothing: a recorder that nobody named, what was anchored before, a node that named none, and noise.
  await anchor(market, stranger!, first)
  await anchor(market, recorder!, first)
  const ofThree = work(three, 100_000n)
  await anchor(market, recorder!, [ofThree])
  await post(market, stranger!, bytesToHex(new Uint8Array(32).fill(7)), "0x01ff")
  await post(market, stranger!, bytesToHex(new Uint8Array(32).fill(8)), "0x")
  // A named recorder's invention, under a number that no receipt has: no statement that is proven later makes it a settled record.
  const invented: AnchorEntry = {
    ...{ tab: one.id, seq: 0, terms: [] },
    records: [{ leaseNo: 1, block: number, cumulativeMs: 1n, amount: 1_000_000n, requests: 0, tokens: 0n }],
  }
  await post(market, recorder!, bytesToHex(anchorRoot([invented])), bytesToHex(packAnchor([invented])))
  // A batch with a stale, a forged and a good line.
  const forged = { ...ofThree.line, countersignature: ofThree.line.countersignature.map((x, i) => (i === 3 ? x ^ 1 : x)) }
  await market.settle(recorder!, [second[1]!.line, second[2]!.line, first[1]!.line, forged])
  await market.settle(stranger!, [ofThree.line])
  // The next day: a receipt that is settled before its records are anchored.
  await chain.increaseTime(86_400)
  const later = await chain.client.getBlock()
  const next = one.receipt({ day: dayOf(later.timestamp), block: later.number, usage: [{ leaseNo: 1, cumulativeMs: 7_200_000n }] })
  await market.settle(recorder!, [next.line])
  await anchor(market, recorder!, [next])
  await closings(market, a, two, three, b)
  await market.call(operator!, "retireNode", [b.address])
  await market.call(owner, "setPaused", [true])
  await market.call(owner, "setPaused", [false])
  await market.call(owner, "withdrawFees", [owner.address])
  await market.call(owner, "transferOwnership", [other!.address])
  await market.call(other!, "acceptOwnership", [])
  await market.call(other!, "transferOwnership", [stranger!.address])
  return { nodes: { a, b }, tabs: { one, two, three }, day }
}

/** Tab two by agreement, paying a last 10,000; tab three timed. */
async function closings(market: TestMarket, a: TestNode, two: TestTab, three: TestTab, b: TestNode): Promise<void> {
  const deadline = (await market.chainTime()) + 86_400n
  const amount = two.books.amount + 10_000n
  const [r, vs] = market.sign(a.key, "TabClose", { signer: two.signer, node: a.address, amount, deadline })
  await market.call(market.account(2), "closeTab", [two.signer, a.address, amount, deadline, r, vs])
  await market.call(market.account(3), "requestClose", [three.signer, b.address])
  await market.chain.increaseTime(72 * 3_600)
  await market.call(market.account(4), "finishClose", [three.signer, b.address])
}

/** Posts receipts as a recorder does, with their records. */
export async function anchor(
  market: TestMarket,
  account: ReturnType<TestMarket["account"]>,
  receipts: readonly SignedReceipt[],
): Promise<void> {
  const entries = receipts.map(entryOf)
  await post(market, account, bytesToHex(anchorRoot(entries)), bytesToHex(packAnchor(entries)))
}

function entryOf({ tab, wire }: SignedReceipt): AnchorEntry {
  const { seq, terms, records } = wire.proposal!
  return { tab, seq, terms, records }
}

async function post(
  market: TestMarket,
  account: ReturnType<TestMarket["account"]>,
  root: `0x${string}`,
  records: `0x${string}`,
): Promise<void> {
  const { client, deployment } = market.chain
  const address = deployment.computeRecords
  const hash = await client.writeContract({ account, address, abi: computeRecordsAbi, functionName: "anchor", args: [root, records] })
  await client.waitForTransactionReceipt({ hash })
}
