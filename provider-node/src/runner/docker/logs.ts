import type { LogChunk } from "../runner.ts"

/**
 * Splits the engine's log stream (frames of an 8-byte head and a line that begins with its time) into chunks. Times are made strictly
 * increasing over both streams: pieces of one long line share a time, and two streams may be written out of order by a hair, so each chunk
 * gets at least one nanosecond more than the one before. A later read of the same lines gives the same times, which is what makes
 * "everything after the last one seen" exact.
 */
export async function* readLogFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<LogChunk> {
  let pending: Buffer = Buffer.alloc(0)
  let lastNs = 0n
  for await (const piece of stream) {
    pending = pending.length === 0 ? Buffer.from(piece) : Buffer.concat([pending, piece])
    let offset = 0
    while (pending.length - offset >= 8) {
      const length = pending.readUInt32BE(offset + 4)
      if (pending.length - offset < 8 + length) break
      const kind = pending[offset]
      const line = pending.subarray(offset + 8, offset + 8 + length)
      offset += 8 + length
      if (kind === 3) throw new Error(line.toString("utf8")) // the engine's own failure, told in the stream
      const space = line.indexOf(0x20)
      const writtenNs = parseTimeNs(line.toString("latin1", 0, space))
      lastNs = writtenNs > lastNs ? writtenNs : lastNs + 1n
      yield { stream: kind === 2 ? "stderr" : "stdout", timeNs: lastNs, data: Uint8Array.from(line.subarray(space + 1)) }
    }
    pending = pending.subarray(offset)
  }
}

/** RFC 3339 with up to nine digits after the second, in nanoseconds of the unix clock. `Date` alone would stop at milliseconds. */
export function parseTimeNs(text: string): bigint {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (match === null) throw new Error(`The engine's log line begins with ${JSON.stringify(text)} instead of a time`)
  return BigInt(Date.parse(match[1]! + match[3]!)) * 1_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"))
}
