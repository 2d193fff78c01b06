import { FILES, LEASE, LOGS, QUOTE, RECEIPT, RESERVATION } from "@berth/protocol/wire"

/** Requests that a peer may make at once (`burst`) and in the long run (`perSecond`). */
interface Quota {
  readonly burst: number
  readonly perSecond: number
}

/** By protocol. A quote costs a signature and perhaps a chain read; an open a chain read; a receipt stream lives for hours. */
const QUOTAS: Readonly<Record<string, Quota>> = {
  [QUOTE.id]: { burst: 20, perSecond: 5 },
  [LEASE.id]: { burst: 60, perSecond: 20 },
  [RECEIPT.id]: { burst: 60, perSecond: 10 },
  [LOGS.id]: { burst: 60, perSecond: 10 },
  [FILES.id]: { burst: 20, perSecond: 2 },
  [RESERVATION.id]: { burst: 30, perSecond: 5 },
}
const OTHER: Quota = { burst: 10, perSecond: 1 }
/** Peers remembered; the oldest is forgotten first. A flood of identities is the connection limit's matter. */
const MAX_PEERS = 10_000

/** Token buckets by peer and protocol, in bounded memory. */
export class RateLimit {
  readonly #buckets = new Map<string, { tokens: number; at: number }>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Whether this peer may make one request more now. */
  take(peer: string, protocol: string): boolean {
    const { burst, perSecond } = QUOTAS[protocol] ?? OTHER
    const key = `${protocol} ${peer}`
    const now = this.#now()
    const bucket = this.#buckets.get(key)
    const tokens = bucket ? Math.min(burst, bucket.tokens + ((now - bucket.at) / 1_000) * perSecond) : burst
    this.#buckets.delete(key)
    this.#buckets.set(key, { tokens: Math.max(tokens - 1, 0), at: now })
    if (this.#buckets.size > MAX_PEERS) this.#buckets.delete(this.#buckets.keys().next().value!)
    return tokens >= 1
  }
}
