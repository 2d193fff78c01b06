import { ByteReader, ByteWriter } from "./bytes.ts"

/** Minutes of a UTC day: what a day served in full counts. */
export const MINUTES_PER_DAY = 1_440

/**
 * Fewer minutes than these are not a day that is worth a word. An agent signs 0 for a day on which its node was there for less: a minute would
 * give the operator the day's collateral back and keep the term alive. A node holds nothing against a holder for a day that was used for less.
 */
export const LEAST_MINUTES = 60

/**
 * The `served` bytes of a day claim: minutes of each day of the run, u16 big-endian, first day first.
 * @throws RangeError when a day has more than 1,440 minutes or less than 0
 *
 * @example
 * packServed([1440, 720, 0]) // 05a0 02d0 0000
 */
export function packServed(minutes: readonly number[]): Uint8Array {
  const out = new ByteWriter(minutes.length * 2)
  for (const [i, served] of minutes.entries()) {
    if (served > MINUTES_PER_DAY) throw new RangeError(`day ${i} of the run has ${served} minutes; a day has ${MINUTES_PER_DAY}`)
    out.u16(served)
  }
  return out.done()
}

/**
 * Reads what `packServed` wrote.
 * @throws RangeError when the bytes are not two a day or a day has more than 1,440 minutes
 */
export function unpackServed(served: Uint8Array): number[] {
  if (served.length % 2 !== 0) throw new RangeError(`${served.length} bytes are not two a day`)
  const reader = new ByteReader(served)
  return Array.from({ length: served.length / 2 }, (_, i) => {
    const minutes = reader.u16()
    if (minutes > MINUTES_PER_DAY) throw new RangeError(`day ${i} of the run has ${minutes} minutes; a day has ${MINUTES_PER_DAY}`)
    return minutes
  })
}
