// What the vectors are made from. Nothing in it is random.
import {
  addressOfKey,
  type ComputeRecord,
  keccakText,
  MAX_U32,
  MAX_U64,
  type Market,
  type PublicTerms,
  publicTermsHash,
  type Quote,
  type ReservationQuote,
  type TermsLeaf,
  tabId,
} from "./src/index.ts"

/** 32 bytes that look random and are the same everywhere. */
export const bytes32 = (name: string) => keccakText(`berth vector ${name}`)
export const key = (name: string) => bytes32(`key ${name}`)
export const address = (name: string) => addressOfKey(key(name))

export const markets: readonly Market[] = [
  { chainId: 31337, contract: "0xb581c9264f59bf0289fa76d61b2d0746dce3c30d" },
  { chainId: 1, contract: address("contract") },
  { chainId: 2 ** 52 + 1, contract: "0xffffffffffffffffffffffffffffffffffffffff" },
]
export const market = markets[0]!
export const signers = ["signer 0", "signer 1", "signer 2"].map(address)
export const node = address("node")
export const tab = tabId(market, signers[0]!, node)

export const records: readonly ComputeRecord[] = [
  { block: 1n, leaseNo: 1, cumulativeMs: 2_000n, amount: 194n, requests: 0, tokens: 0n },
  { block: 1n, leaseNo: 2, cumulativeMs: 16_000n, amount: 44_444n, requests: 17, tokens: 123_456n },
  { block: 2n, leaseNo: 1, cumulativeMs: 3_999n, amount: 195n, requests: 0, tokens: 0n },
  { block: 0n, leaseNo: 0, cumulativeMs: 0n, amount: 0n, requests: 0, tokens: 0n },
  { block: MAX_U64, leaseNo: MAX_U32, cumulativeMs: MAX_U64, amount: MAX_U64, requests: MAX_U32, tokens: MAX_U64 },
]

export const publicTerms: readonly PublicTerms[] = [
  {
    tab,
    leaseNo: 1,
    class: "cpu/x86-64",
    count: 1,
    price: 350_000n,
    meter: 0,
    start: 1_795_000_000n,
    window: 10_000,
    pause: 30_000,
    stop: 900_000,
    idle: 600_000,
  },
  {
    tab: bytes32("other tab"),
    leaseNo: MAX_U32,
    class: "nvidia/rtx-4090",
    count: 0xffff,
    price: MAX_U64,
    meter: 255,
    start: MAX_U64,
    window: MAX_U32,
    pause: MAX_U32,
    stop: MAX_U32,
    idle: MAX_U32,
  },
]
export const terms: readonly TermsLeaf[] = publicTerms.map((t) => ({ leaseNo: t.leaseNo, publicTermsHash: publicTermsHash(t) }))

export const quote: Quote = {
  node,
  tenant: address("tenant"),
  class: "cpu/x86-64",
  count: 1,
  price: 350_000n,
  meter: 0,
  window: 10_000,
  pause: 30_000,
  stop: 900_000,
  idle: 600_000,
  startPrice: 972n,
  pullLimit: 2_000_000_000n,
  volumePrice: 1_000n,
  retention: 86_400,
  expires: 1_795_000_060n,
  nonce: bytes32("nonce"),
}

/** An ordinary one, one at every limit, and one whose amounts all need rounding. */
export const reservationQuotes: readonly ReservationQuote[] = [
  {
    node,
    tenant: address("tenant"),
    class: "nvidia/h200",
    gpus: 8,
    startDay: 20_776,
    term: 30,
    pricePerDay: 460_800_000n,
    listPricePerDay: 576_000_000n,
    collateralBps: 1_000,
    cancelFeeBps: 2_500,
    claimPeriod: 8,
    expires: 1_795_000_600n,
    nonce: bytes32("reservation"),
  },
  {
    node: address("node 1"),
    tenant: address("tenant"),
    class: `nvidia/${"x".repeat(57)}`,
    gpus: 0xffff,
    startDay: MAX_U32,
    term: 366,
    pricePerDay: MAX_U64 / 732n,
    listPricePerDay: MAX_U64,
    collateralBps: 10_000,
    cancelFeeBps: 10_000,
    claimPeriod: 38,
    expires: MAX_U64,
    nonce: bytes32("reservation 1"),
  },
  {
    node,
    tenant: address("tenant"),
    class: "cpu/x86-64",
    gpus: 3,
    startDay: 20_800,
    term: 7,
    pricePerDay: 24_999_997n,
    listPricePerDay: 25_200_001n,
    collateralBps: 3_333,
    cancelFeeBps: 1,
    claimPeriod: 38,
    expires: 1_795_000_600n,
    nonce: bytes32("reservation 2"),
  },
]
