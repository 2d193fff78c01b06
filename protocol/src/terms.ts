import { type Address, bytesToHex, hexToBytes } from "./bytes.ts"
import type { Market } from "./ids.ts"
import { keccakText } from "./keccak.ts"
import { digestOf, structHashOf } from "./typed-data.ts"

/** The part of a lease's terms that a bill shows and anybody may see. Durations are milliseconds of the monotonic clock. */
export interface PublicTerms {
  readonly tab: Uint8Array
  /** Counts the tab's leases from 1; given by the tenant's agent. */
  readonly leaseNo: number
  readonly class: string
  readonly count: number
  /** Credits per GPU-hour. */
  readonly price: bigint
  readonly meter: number
  /** Unix seconds, chain time. */
  readonly start: bigint
  readonly window: number
  readonly pause: number
  readonly stop: number
  readonly idle: number
}

/** What runs: known to tenant and node only. */
export interface PrivateTerms {
  /** Image reference (`name`, `name:tag`, `name@sha256:...`) or local image id. */
  readonly image: string
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly workdir?: string
  /** MiB; the node's default when absent. */
  readonly memoryMiB?: number
  /** Root file system read-only; /tmp and the lease's volume stay writable. */
  readonly readOnly?: boolean
}

/** A lease as the signer signs it: what anybody may see, and hashes (32 bytes each) of the rest. */
export interface LeaseTerms {
  readonly terms: PublicTerms
  /** 16 random bytes: sending the same terms again gives the same lease. */
  readonly clientId: Uint8Array
  readonly privateHash: Uint8Array
  /** Digest of the quote these terms come from. */
  readonly quoteHash: Uint8Array
}

/** EIP-712 struct hash of the public terms: the lease's first leaf. */
export function publicTermsHash(terms: PublicTerms): Uint8Array {
  return hexToBytes(structHashOf("PublicTerms", { ...terms, tab: bytesToHex(terms.tab) }))
}

/** The lease's id: EIP-712 digest of its terms, which the tab's signer signs and the node countersigns. */
export function leaseId(market: Market, lease: LeaseTerms): Uint8Array {
  return digestOf(market, "LeaseTerms", {
    terms: { ...lease.terms, tab: bytesToHex(lease.terms.tab) },
    clientId: bytesToHex(lease.clientId),
    privateHash: bytesToHex(lease.privateHash),
    quoteHash: bytesToHex(lease.quoteHash),
  })
}

/** JSON with sorted keys and no white space, so that both sides hash the same text. `undefined` members are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((v) => canonicalJson(v ?? null)).join(",")}]`
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, v]) => v !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${JSON.stringify(k)}:${canonicalJson(v)}`)
  return `{${members.join(",")}}`
}

/** Hash of the private part's canonical JSON, which is what crosses the wire. */
export function privateTermsHash(json: string): Uint8Array {
  return keccakText(json)
}

/** A node's answer to one tenant's request; binding until `expires` once signed. */
export interface Quote {
  readonly node: Address
  readonly tenant: Address
  readonly class: string
  readonly count: number
  readonly price: bigint
  readonly meter: number
  readonly window: number
  readonly pause: number
  readonly stop: number
  readonly idle: number
  /** Credits that a newcomer is asked to pay ahead, at most one window (`mostAhead`: what is paid); 0 for a known tenant. */
  readonly startPrice: bigint
  /** Bytes that the node pulls at most for this lease. */
  readonly pullLimit: bigint
  /** Credits per GB-day of volumes kept. */
  readonly volumePrice: bigint
  /** Seconds that a volume is kept after the lease ended. */
  readonly retention: number
  /** Unix seconds, chain time. */
  readonly expires: bigint
  readonly nonce: Uint8Array
}

/** EIP-712 digest of a quote: what the node signs. */
export function quoteDigest(market: Market, quote: Quote): Uint8Array {
  return digestOf(market, "Quote", { ...quote, nonce: bytesToHex(quote.nonce) })
}

/** Proves to a node that a libp2p peer acts for a tab's signer. */
export interface Session {
  readonly signer: Address
  readonly node: Address
  /** keccak256 of the PeerId's multihash bytes. */
  readonly peer: Uint8Array
  /** Unix seconds. */
  readonly expires: bigint
}

/** EIP-712 digest of a session: what the tab's signer signs. */
export function sessionDigest(market: Market, session: Session): Uint8Array {
  return digestOf(market, "Session", { ...session, peer: bytesToHex(session.peer) })
}
