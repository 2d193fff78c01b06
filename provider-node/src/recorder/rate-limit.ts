/** A token bucket per peer and one for all. Buckets of peers that are full again are forgotten, so that strangers can't fill memory. */
export class RateLimit {
  readonly #perPeer: Budget
  readonly #total: Budget
  readonly #now: () => number
  readonly #peers = new Map<string, Bucket>()
  readonly #all: Bucket

  constructor(perPeer: Budget, total: Budget, now: () => number = () => performance.now()) {
    this.#perPeer = perPeer
    this.#total = total
    this.#now = now
    this.#all = { tokens: total.burst, at: now() }
  }

  /** Takes `cost` tokens of the peer and of all; false, and nothing taken, when either has too few. */
  take(peer: string, cost: number): boolean {
    const bucket = this.#bucketOf(peer)
    this.#refill(bucket, this.#perPeer)
    this.#refill(this.#all, this.#total)
    if (bucket.tokens < cost || this.#all.tokens < cost) return false
    bucket.tokens -= cost
    this.#all.tokens -= cost
    return true
  }

  /** Takes from the peer alone, below zero if need be: the price of having sent rubbish. */
  charge(peer: string, cost: number): void {
    this.#bucketOf(peer).tokens -= cost
  }

  #bucketOf(peer: string): Bucket {
    let bucket = this.#peers.get(peer)
    if (!bucket) {
      if (this.#peers.size >= MAX_PEERS) this.#forgetFull()
      bucket = { tokens: this.#perPeer.burst, at: this.#now() }
      this.#peers.set(peer, bucket)
    }
    return bucket
  }

  #refill(bucket: Bucket, budget: Budget): void {
    const now = this.#now()
    bucket.tokens = Math.min(budget.burst, bucket.tokens + ((now - bucket.at) / 1_000) * budget.perSecond)
    bucket.at = now
  }

  #forgetFull(): void {
    for (const [peer, bucket] of this.#peers) {
      this.#refill(bucket, this.#perPeer)
      if (bucket.tokens === this.#perPeer.burst) this.#peers.delete(peer)
    }
    // All of them busy: whoever was seen first goes.
    for (const peer of this.#peers.keys()) {
      if (this.#peers.size < MAX_PEERS) return
      this.#peers.delete(peer)
    }
  }
}

export interface Budget {
  readonly perSecond: number
  readonly burst: number
}

interface Bucket {
  tokens: number
  at: number
}

const MAX_PEERS = 10_000
