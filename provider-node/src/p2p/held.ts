/** What strangers may make a host hold, all of them together. */
export interface HeldLimits {
  /** Bytes that came in or wait to go out and are not done with. */
  readonly maxBytes: number
  /** Streams, from their first frame until they are really closed: negotiating, served, refused, lingering. */
  readonly maxStreams: number
}

/** Something that holds bytes: a stream, or a connection with a frame that is not complete. */
export interface Holder {
  readonly bytes: number
  /** False: there is no room, and whoever asked must let go of what it holds. */
  take(bytes: number): boolean
  give(bytes: number): void
  /** Gives everything back, once and for all. */
  close(): void
}

/**
 * The bytes and streams of a host, counted where they come in. libp2p's limits are per stream and per connection, and times each other they
 * are more than any machine has. When all is full, whoever holds the most gives way: what is small still passes.
 */
export class Held {
  readonly limits: HeldLimits
  readonly #holders = new Set<Holding>()
  #bytes = 0
  #streams = 0

  constructor(limits: HeldLimits) {
    this.limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  get streams(): number {
    return this.#streams
  }

  /** @param abort called when it has to give way */
  connection(abort: (why: Error) => void): Holder {
    return this.#add(abort, () => {})
  }

  /** Undefined: as many streams are open as may be. @param abort called when it has to give way */
  stream(abort: (why: Error) => void): Holder | undefined {
    if (this.#streams >= this.limits.maxStreams) return undefined
    this.#streams += 1
    return this.#add(abort, () => {
      this.#streams -= 1
    })
  }

  #add(abort: (why: Error) => void, onClose: () => void): Holder {
    const holding = new Holding(
      (of, bytes) => this.#makeRoom(of, bytes),
      (change) => {
        this.#bytes += change
      },
      () => {
        if (this.#holders.delete(holding)) onClose()
      },
      abort,
    )
    this.#holders.add(holding)
    return holding
  }

  #makeRoom(holding: Holding, bytes: number): boolean {
    while (this.#bytes + bytes > this.limits.maxBytes) {
      let largest = holding
      for (const other of this.#holders) if (other.bytes > largest.bytes) largest = other
      if (largest === holding || largest.bytes <= holding.bytes + bytes) return false
      largest.evict()
    }
    return true
  }
}

class Holding implements Holder {
  bytes = 0
  #closed = false
  readonly #room: (of: Holding, bytes: number) => boolean
  readonly #changed: (by: number) => void
  readonly #onClose: () => void
  readonly #abort: (why: Error) => void

  constructor(
    room: (of: Holding, bytes: number) => boolean,
    changed: (by: number) => void,
    onClose: () => void,
    abort: (why: Error) => void,
  ) {
    this.#room = room
    this.#changed = changed
    this.#onClose = onClose
    this.#abort = abort
  }

  take(bytes: number): boolean {
    if (this.#closed || !this.#room(this, bytes)) return false
    this.#change(bytes)
    return true
  }

  give(bytes: number): void {
    this.#change(-Math.min(bytes, this.bytes))
  }

  close(): void {
    this.#closed = true
    this.#change(-this.bytes)
    this.#onClose()
  }

  evict(): void {
    this.close()
    this.#abort(new Error("this host holds as much as it may, and this one the most of it"))
  }

  #change(by: number): void {
    this.bytes += by
    this.#changed(by)
  }
}
