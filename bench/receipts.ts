// `node bench/receipts.ts`: how many receipts a second each side makes on one core, without store and network (their own benches add those).
// Node: usage priced, receipt built, digest signed, frame encoded. Agent: frame decoded, recomputed, node's signature checked, countersigned.
import {
  addressOfKey,
  type Books,
  emptyBooks,
  keccakText,
  type Market,
  type Proposal,
  priced,
  propose,
  receiptDigest,
  recoverAddress,
  tabId,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { checkProposal, proposalToWire, WireProposal } from "@berth/protocol/wire"

const WARM_UP = 3_000
const COUNT = 20_000

const market: Market = { chainId: 31337, contract: "0xb581c9264f59bf0289fa76d61b2d0746dce3c30d" }
const nodeKey = keccakText("bench node")
const signerKey = keccakText("bench signer")
const node = addressOfKey(nodeKey)
const start = emptyBooks(tabId(market, addressOfKey(signerKey), node), node)
const priceOf = () => 350_000n

function makeFrame(books: Books, i: number): { frame: Uint8Array; proposal: Proposal } {
  const usage = { block: BigInt(i), leaseNo: 1, cumulativeMs: BigInt(i) * 2_000n, requests: 0, tokens: 0n }
  const terms = i === 1 ? [{ leaseNo: 1, publicTermsHash: keccakText("terms") }] : []
  const records = priced(books, [usage], priceOf)
  const proposal = propose(books, { seq: i, day: 20_000 + Math.floor(i / 40_000), block: BigInt(i), advance: 972n, terms, records })
  const signature = nativeEcdsa.sign(receiptDigest(market, proposal.receipt), nodeKey)
  return { frame: WireProposal.encode(proposalToWire(proposal, signature)), proposal }
}

function countersign(books: Books, frame: Uint8Array): { next: Books; countersignature: Uint8Array } {
  const wire = WireProposal.decode(frame)
  const proposal = checkProposal(books, wire, priceOf)
  const digest = receiptDigest(market, proposal.receipt)
  if (recoverAddress(nativeEcdsa, digest, wire.nodeSignature) !== node) throw new Error("the node's signature is not its own")
  return { next: proposal.next, countersignature: nativeEcdsa.sign(digest, signerKey) }
}

const frames: Uint8Array[] = []
let books = start
const nodeMs = timed((i) => {
  const { frame, proposal } = makeFrame(books, i)
  books = proposal.next
  frames.push(frame)
})
let agentBooks = start
const agentMs = timed((i) => {
  agentBooks = countersign(agentBooks, frames[i - 1]!).next
})
if (agentBooks.used !== books.used) throw new Error("the two sides' books differ")
for (const [side, ms] of [
  ["node", nodeMs],
  ["agent", agentMs],
] as const) {
  console.log(`${side}: ${Math.round((COUNT / ms) * 1000)} receipts/s, ${((ms / COUNT) * 1000).toFixed(0)} us each`)
}

function timed(one: (i: number) => void): number {
  for (let i = 1; i <= WARM_UP; i++) one(i)
  const started = performance.now()
  for (let i = WARM_UP + 1; i <= WARM_UP + COUNT; i++) one(i)
  return performance.now() - started
}
