const HEADER = 12
/** Type and flag of a frame: https://github.com/hashicorp/yamux/blob/master/spec.md */
const DATA = 0
const WINDOW_UPDATE = 1
const SYN = 1

/** What some bytes of a yamux connection held. */
export interface Seen {
  /** The longest data frame that was announced. */
  readonly longest: number
  /** Frames that the muxer answers with one of its own: pings, data, new streams. */
  readonly answered: number
}

/** Follows the frames of a yamux connection through its bytes, in whatever pieces they come. It keeps nothing of them but a header's beginning. */
export class YamuxFrames {
  readonly #header = new Uint8Array(HEADER)
  #have = 0
  #body = 0
  #left = 0

  /** Bytes of a data frame that is not complete: the muxer keeps them until it is. */
  get pending(): number {
    return this.#left > 0 ? this.#body - this.#left : 0
  }

  push(pieces: Iterable<Uint8Array>): Seen {
    let longest = 0
    let answered = 0
    for (const piece of pieces)
      for (let at = 0; at < piece.length; ) {
        if (this.#left > 0) {
          const skipped = Math.min(this.#left, piece.length - at)
          this.#left -= skipped
          at += skipped
          continue
        }
        this.#header[this.#have++] = piece[at++]!
        if (this.#have < HEADER) continue
        this.#have = 0
        const view = new DataView(this.#header.buffer)
        const [type, flags, length] = [view.getUint8(1), view.getUint16(2), view.getUint32(8)]
        if (type !== WINDOW_UPDATE || (flags & SYN) !== 0) answered += 1
        if (type !== DATA) continue
        this.#body = this.#left = length
        longest = Math.max(longest, length)
      }
    return { longest, answered }
  }
}
