// Writes vectors/*.json, which TypeScript and Solidity are both tested against. Run by `npm run generate`; nothing in it is random.
// In the files: integers of 32 bits and less are numbers, larger ones decimal strings; bytes and addresses are 0x hex.
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import {
  type AnchorEntry,
  amountBetween,
  amountOf,
  anchorLeaf,
  anchorRoot,
  attestationDigest,
  bytesToHex,
  cancelShare,
  canonicalJson,
  DayTree,
  dayClaimDigest,
  dayTreeProof,
  digestOf,
  discountBps,
  discounted,
  domainSeparator,
  feeOf,
  hashPair,
  type LeaseTerms,
  leaseId,
  listPricePerDay,
  MAX_U32,
  MAX_U64,
  type Market,
  merkleProof,
  merkleRoot,
  nobleEcdsa,
  packAnchor,
  packRecord,
  packServed,
  packSettlement,
  privateTermsHash,
  publicTermsHash,
  quoteDigest,
  type Receipt,
  receiptDigest,
  recordLeaf,
  recordsHashOf,
  reservationCancelDigest,
  reservationCost,
  reservationId,
  reservationQuoteDigest,
  servedAmount,
  servedDaysDigest,
  sessionDigest,
  tabBlockRoot,
  tabId,
  termDiscount,
  termsLeaf,
} from "./src/index.ts"
import {
  address,
  bytes32,
  key,
  market,
  markets,
  node,
  publicTerms,
  quote,
  records,
  reservationQuotes,
  signers,
  tab,
  terms,
} from "./vector-samples.ts"

function ids() {
  const tabs = markets.flatMap((m) => signers.map((signer) => ({ ...m, signer, node, tab: tabId(m, signer, node) })))
  const domains = markets.map((m) => ({ ...m, domainSeparator: domainSeparator(m) }))
  const addresses = signers.map((signer, i) => ({ privateKey: key(`signer ${i}`), address: signer }))
  return { tabs, domains, addresses }
}

function amounts() {
  const cases: [bigint, bigint, bigint][] = [
    [0n, 0n, 0n],
    [0n, 3_600_000n, 1n],
    [0n, 3_599_999n, 1n],
    [0n, 2_000n, 350_000n],
    [2_000n, 4_000n, 350_000n],
    [1_999n, 2_001n, 1_799n],
    [0n, 1n, 3_600_000n],
    [0n, 1n, 3_599_999n],
    [7n, 7n, MAX_U64],
    // What a lease's total grew by, which the step rounded alone would not give: not downwards (first, third and last), not upwards (second), not
    // to the nearest (first and second).
    [4_000n, 6_000n, 350_000n],
    [0n, 2_000n, 352_000n],
    [1n, 2n, 3_599_999n],
    [MAX_U64 - 1n, MAX_U64, 3_599_999n],
    // The largest product that still gives 64 bits, and price and time at their limits.
    [0n, 3_600_000n, MAX_U64],
    [MAX_U64 - 3_600_000n, MAX_U64, MAX_U64 / 2n],
    [0n, MAX_U64, 3_600_000n],
    [MAX_U64 - 1n, MAX_U64, 3_600_000n],
  ]
  return {
    records: cases.map(([msBefore, msAfter, price]) => ({ msBefore, msAfter, price, amount: amountBetween(msBefore, msAfter, price) })),
    // In Solidity these revert, in TypeScript they can't be packed: the amount does not fit 64 bits.
    tooLarge: [
      { msBefore: 0n, msAfter: 3_600_001n, price: MAX_U64 },
      { msBefore: 0n, msAfter: MAX_U64, price: MAX_U64 },
    ],
    slices: slices(),
    fees: [0, 1, 99, 500, 10_000].flatMap((bps) =>
      [0n, 1n, 19n, 20n, 9_999n, 10_001n, MAX_U64].map((total) => ({ total, bps, fee: feeOf(total, bps) })),
    ),
  }
}

/** One lease cut into records of odd length: their amounts add up to the amount of the whole. */
function slices() {
  const price = 349_999n
  const cumulative = [1n, 1_999n, 2_000n, 4_001n, 4_001n, 61_003n, 3_600_000n, 7_199_999n]
  const parts = cumulative.map((ms, i) => ({ cumulativeMs: ms, amount: amountBetween(cumulative[i - 1] ?? 0n, ms, price) }))
  return { price, parts, total: amountOf(cumulative.at(-1)!, price) }
}

function leaves() {
  const seqs = [1, 2, MAX_U32]
  return {
    publicTerms: publicTerms.map((t) => ({ ...t, publicTermsHash: publicTermsHash(t) })),
    terms: terms.map((t) => ({ tab, ...t, leaf: termsLeaf(tab, t) })),
    records: seqs.flatMap((seq) => records.map((r) => ({ tab, seq, ...r, packed: packRecord(r), leaf: recordLeaf(tab, seq, r) }))),
    anchors: seqs.map((seq) => ({ tab, seq, root: bytes32("root"), leaf: anchorLeaf(tab, seq, bytes32("root")) })),
    receipts: [
      { seq: 1, terms: terms.slice(0, 1), records: records.slice(0, 1) },
      { seq: 2, terms: [], records: records.slice(0, 3) },
      { seq: 3, terms, records },
      { seq: 4, terms: [], records: [] },
    ].map((r) => ({ tab, ...r, tabBlockRoot: tabBlockRoot(tab, r.seq, r.terms, r.records) })),
  }
}

const manyLeaves = (count: number) => Array.from({ length: count }, (_, i) => bytes32(`leaf ${i}`))
const someIndexes = (size: number) => [...new Set([0, 1, size >> 1, size - 2, size - 1])].filter((i) => i >= 0 && i < size)

function merkle() {
  return [0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33, 100].map((size) => {
    const leaves = manyLeaves(size)
    const proofs = someIndexes(size).map((index) => ({ index, leaf: leaves[index]!, proof: merkleProof(leaves, index) }))
    return { size, leaves, root: merkleRoot(leaves), proofs }
  })
}

function dayTree() {
  const trees = [0, 1, 2, 3, 5, 100].map((size) => {
    const leaves = manyLeaves(size)
    const root = leaves.reduce((tree, leaf) => tree.append(leaf), DayTree.empty()).root()
    return {
      size,
      leaves,
      root,
      proofs: someIndexes(size).map((index) => ({ index, leaf: leaves[index]!, proof: dayTreeProof(leaves, index) })),
    }
  })
  // A full day of the same leaf: every node of a level is equal, so sixteen hashes give root and any proof.
  const leaf = bytes32("leaf 0")
  const proof = [leaf]
  for (let height = 0; height < 16; height++) proof.push(hashPair(proof[height]!, proof[height]!))
  return { trees, full: { size: 65_536, leaf, root: proof.pop()!, index: 65_535, proof } }
}

function receipts() {
  const openings = [
    { tab, seq: 1, block: 1n, used: 0n, treeSize: 1, treeRoot: bytes32("tree"), previousDayRecordsHash: new Uint8Array(32) },
    {
      tab,
      seq: 43_200,
      block: 9_999_999n,
      used: 123_456_789n,
      treeSize: 43_200,
      treeRoot: bytes32("tree 2"),
      previousDayRecordsHash: bytes32("yesterday"),
    },
    {
      tab,
      seq: MAX_U32,
      block: MAX_U64,
      used: MAX_U64,
      treeSize: 65_536,
      treeRoot: bytes32("tree 3"),
      previousDayRecordsHash: bytes32("day"),
    },
  ]
  const totals = [
    { day: 20_775, gpuMs: 0n, amount: 972n },
    { day: 20_776, gpuMs: 86_400_000n, amount: 123_456_789n },
    { day: MAX_U32, gpuMs: MAX_U64, amount: MAX_U64 },
  ]
  return markets.flatMap((m) =>
    openings.map((opening, i) => {
      const recordsHash = recordsHashOf(opening)
      const receipt: Receipt = { node, ...totals[i]!, recordsHash }
      const digest = receiptDigest(m, receipt)
      const signatures = { node: nobleEcdsa.sign(digest, key("node")), signer: nobleEcdsa.sign(digest, key("signer 0")) }
      return { market: m, opening, receipt, digest, signerAddress: signers[0], signatures }
    }),
  )
}

function typedData() {
  const json = canonicalJson({
    image: "berth/digits@sha256:00",
    command: ["python", "train.py"],
    env: { B: "2", A: "1 ü" },
    skipped: undefined,
  })
  return markets.map((m) => {
    const lease: LeaseTerms = {
      terms: publicTerms[0]!,
      clientId: bytes32("client").slice(0, 16),
      privateHash: privateTermsHash(json),
      quoteHash: quoteDigest(m, quote),
    }
    const session = { signer: signers[0]!, node, peer: bytes32("peer"), expires: 1_795_003_600n }
    const close = { signer: signers[0]!, node, amount: 123_456n, deadline: 1_795_000_600n }
    const consent = { tenant: address("tenant"), node }
    const registration = { operator: address("operator") }
    return {
      market: m,
      privateTerms: { json, hash: privateTermsHash(json) },
      Quote: { message: quote, digest: quoteDigest(m, quote) },
      PublicTerms: { message: publicTerms[0], structHash: publicTermsHash(publicTerms[0]!) },
      LeaseTerms: { message: lease, digest: leaseId(m, lease) },
      Session: { message: session, digest: sessionDigest(m, session) },
      TabClose: signed(m, "TabClose", close, "node"),
      TabConsent: signed(m, "TabConsent", consent, "signer 0"),
      NodeRegistration: signed(m, "NodeRegistration", registration, "node"),
    }
  })
}

function signed(m: Market, type: "TabClose" | "TabConsent" | "NodeRegistration", message: Record<string, unknown>, by: string) {
  const digest = digestOf(m, type, message)
  return { message, digest, by: address(by), signature: nobleEcdsa.sign(digest, key(by)) }
}

/** Runs of days as minutes: one, a week with gaps, a month in full. */
const runs = [[1_440], [1_440, 720, 0, 1, 1_439, 0, 1_440], Array.from({ length: 30 }, () => 1_440), []]

function reservations() {
  const id = reservationId(node, reservationQuotes[0]!.nonce)
  const by = (name: string, message: object, digest: Uint8Array) => ({
    message,
    digest,
    by: address(name),
    signature: nobleEcdsa.sign(digest, key(name)),
  })
  const claim = { reservation: id, firstDay: 20_776, served: packServed(runs[1]!) }
  const days = { reservation: id, firstDay: 20_776, count: 3 }
  const cancel = { reservation: id, firstDay: 20_790, operatorBps: 1_250, deadline: 1_795_000_600n }
  const attestation = { day: 20_776, root: bytes32("attested") }
  const prices = [1n, 999n, 24_999_997n, 460_800_000n, MAX_U64]
  const discounts = [
    { term: 7, bps: 500 },
    { term: 30, bps: 1_500 },
    { term: 180, bps: 1_000 },
  ]
  return {
    signed: markets.map((m) => ({
      market: m,
      ReservationQuote: reservationQuotes.map((q) => by(q.node === node ? "node" : "node 1", q, reservationQuoteDigest(m, q))),
      DayClaim: [by("signer 0", claim, dayClaimDigest(m, claim))],
      ServedDays: [by("verifier", days, servedDaysDigest(m, days))],
      ReservationCancel: [by("node", cancel, reservationCancelDigest(m, cancel))],
      Attestation: [by("verifier", attestation, attestationDigest(m, attestation))],
    })),
    ids: reservationQuotes.map((q) => ({ node: q.node, nonce: q.nonce, id: reservationId(q.node, q.nonce) })),
    served: runs.map((minutes) => ({ minutes, packed: packServed(minutes) })),
    costs: reservationQuotes.map(({ pricePerDay, collateralBps, term, ...q }) => ({
      pricePerDay,
      listPricePerDay: q.listPricePerDay,
      collateralBps,
      term,
      ...reservationCost({ pricePerDay, collateralBps, term }),
      discountBps: discountBps(q.listPricePerDay, pricePerDay),
    })),
    days: prices.flatMap((pricePerDay) =>
      [0, 1, 7, 719, 1_439, 1_440].map((minutes) => ({ pricePerDay, minutes, amount: servedAmount(pricePerDay, minutes) })),
    ),
    shares: prices.flatMap((left) => [0, 1, 1_250, 9_999, 10_000].map((bps) => ({ left, bps, amount: cancelShare(left, bps) }))),
    lists: [
      [350_000n, 1],
      [3_000_000n, 8],
      [1n, 0xffff],
    ].map(([price, gpus]) => {
      const list = listPricePerDay(price as bigint, gpus as number)
      return { price, gpus, list, discounted: [0, 1, 500, 3_333, 9_999].map((bps) => ({ bps, price: discounted(list, bps) })) }
    }),
    terms: { discounts, cases: [1, 6, 7, 29, 30, 179, 180, 366].map((term) => ({ term, bps: termDiscount(discounts, term) })) },
  }
}

function settlement() {
  const nodes = [node, address("node 1")]
  const lines = [0, 1, 2, 3, 4].map((i) => {
    const receipt: Receipt = {
      node: nodes[i % 2]!,
      day: 20_775 + (i >> 2),
      gpuMs: BigInt(i) * 1_000n,
      amount: BigInt(i) * 97n,
      recordsHash: bytes32(`records ${i}`),
    }
    return { receipt, countersignature: nobleEcdsa.sign(receiptDigest(market, receipt), key(`signer ${i % 3}`)) }
  })
  return { market, batches: [[], lines.slice(0, 1), lines].map((some) => ({ lines: some, batch: packSettlement(some) })) }
}

function anchors() {
  const one: AnchorEntry = { tab, seq: 1, terms: terms.slice(0, 1), records: records.slice(0, 1) }
  const other: AnchorEntry = { tab: bytes32("other tab"), seq: MAX_U32, terms, records }
  const empty: AnchorEntry = { tab, seq: 2, terms: [], records: [] }
  return [[], [one], [one, other], [one, other, empty]].map((entries) => ({
    entries,
    packed: packAnchor(entries),
    root: anchorRoot(entries),
  }))
}

function replace(_: string, value: unknown) {
  if (typeof value === "bigint") return value.toString()
  return value instanceof Uint8Array ? bytesToHex(value) : value
}

const files = {
  ids,
  amounts,
  leaves,
  merkle,
  "day-tree": dayTree,
  receipts,
  "typed-data": typedData,
  settlement,
  anchors,
  reservations,
}
const out = join(import.meta.dirname, "vectors")
mkdirSync(out, { recursive: true })
for (const [name, make] of Object.entries(files)) writeFileSync(join(out, `${name}.json`), `${JSON.stringify(make(), replace, 1)}\n`)
