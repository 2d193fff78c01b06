import {
  type Address,
  type AnchorEntry,
  bytesToHex,
  DayTree,
  type Ecdsa,
  equalBytes,
  type Market,
  ProtocolError,
  type Receipt,
  type RecordsOpening,
  receiptDigest,
  recoverAddress,
  tabBlockRoot,
  tabId,
} from "@berth/protocol"
import { type CountersignedReceipt, expectSize, openProposal, reservationFromWire } from "@berth/protocol/wire"

/** A countersigned receipt whose sizes and both signatures hold. */
export interface Submission {
  readonly node: Address
  readonly signer: Address
  readonly receipt: Receipt
  readonly opening: RecordsOpening
  readonly nodeSignature: Uint8Array
  readonly countersignature: Uint8Array
  readonly entry: AnchorEntry
  readonly root: Uint8Array
  /** The reservation that is said to vouch for it. */
  readonly reservation: bigint | undefined
}

/** Terms and records of an entry are counted by u16 in an anchor. */
const MAX_LEAVES = 0xffff

/**
 * Checks all of a submission that needs no chain and no store.
 * @throws ProtocolError `malformed` (sizes), `bad_signature` (field `nodeSignature` or `countersignature`), `bad_receipt`
 */
export function checkSubmission(ecdsa: Ecdsa, market: Market, wire: CountersignedReceipt): Submission {
  expectSize(wire.node, 20, "node")
  expectSize(wire.signer, 20, "signer")
  expectSize(wire.countersignature, 64, "countersignature")
  if (!wire.proposal) throw new ProtocolError("malformed", "the submission holds no receipt", { field: "proposal" })
  const { terms, records } = wire.proposal
  if (terms.length > MAX_LEAVES || records.length > MAX_LEAVES)
    throw new ProtocolError("too_large", `a receipt holds at most ${MAX_LEAVES} records`, { field: "records" })
  const reservation = wire.reservation.length === 0 ? undefined : reservationFromWire(wire.reservation)
  const node = bytesToHex(wire.node)
  const signer = bytesToHex(wire.signer)
  const tab = tabId(market, signer, node)
  const { receipt, opening } = openProposal({ tab, node }, wire.proposal)
  const digest = receiptDigest(market, receipt)
  if (recoverAddress(ecdsa, digest, wire.proposal.nodeSignature) !== node)
    throw new ProtocolError("bad_signature", `receipt ${opening.seq} is not signed by node ${node}`, { field: "nodeSignature" })
  if (recoverAddress(ecdsa, digest, wire.countersignature) !== signer)
    throw new ProtocolError("bad_signature", `receipt ${opening.seq} is not countersigned by ${signer}`, { field: "countersignature" })
  if (opening.seq === 0 || opening.treeSize === 0)
    throw new ProtocolError("bad_receipt", "seq and treeSize count from 1", { field: opening.seq === 0 ? "seq" : "treeSize" })
  const entry = { tab, seq: opening.seq, terms, records }
  const root = tabBlockRoot(tab, entry.seq, terms, records)
  const { nodeSignature } = wire.proposal
  return { node, signer, receipt, opening, nodeSignature, countersignature: wire.countersignature, entry, root, reservation }
}

/**
 * The day tree after a submission, when the tree before it is known: then the records sent must be those that were signed.
 * @param before the day's tree at `treeSize - 1`, or undefined when receipts in between were never handed in
 * @returns undefined when nothing can be said
 * @throws ProtocolError `bad_receipt` when the records are not those of the receipt
 */
export function treeAfter(submission: Submission, before: DayTree | undefined): DayTree | undefined {
  const { treeSize, treeRoot, seq } = submission.opening
  const known = treeSize === 1 ? DayTree.empty() : before
  if (known?.size !== treeSize - 1) return undefined
  const tree = known.append(submission.root)
  if (!equalBytes(tree.root(), treeRoot))
    throw new ProtocolError("bad_receipt", `the records sent with receipt ${seq} are not those that were signed`, { field: "records" })
  return tree
}
