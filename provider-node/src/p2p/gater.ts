import type { ConnectionGater, PeerId } from "@libp2p/interface"

/** Frames that no working agent sends, before its sender is turned away for a while. */
const MAX_FAULTS = 40
const FAULT_WINDOW_MS = 60_000
const BAN_MS = 600_000
/** Peers remembered; the oldest is forgotten first. */
const MAX_PEERS = 10_000

/** Turns away peers that keep sending what is in no format. New identities cost nothing, so this saves work and proves nothing. */
export class Gater {
  readonly #faults = new Map<string, { count: number; since: number; bannedUntil: number }>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** @returns whether the peer is turned away from now on */
  fault(peer: PeerId): boolean {
    const key = peer.toString()
    const now = this.#now()
    const known = this.#faults.get(key)
    const entry = known && now - known.since < FAULT_WINDOW_MS ? known : { count: 0, since: now, bannedUntil: 0 }
    entry.count += 1
    if (entry.count >= MAX_FAULTS) entry.bannedUntil = now + BAN_MS
    this.#faults.delete(key)
    this.#faults.set(key, entry)
    if (this.#faults.size > MAX_PEERS) this.#faults.delete(this.#faults.keys().next().value!)
    return entry.bannedUntil > now
  }

  isBanned(peer: PeerId): boolean {
    return (this.#faults.get(peer.toString())?.bannedUntil ?? 0) > this.#now()
  }

  /** As libp2p asks it: synchronous, over memory. */
  readonly connectionGater: ConnectionGater = {
    denyInboundEncryptedConnection: (peer) => this.isBanned(peer),
  }
}
