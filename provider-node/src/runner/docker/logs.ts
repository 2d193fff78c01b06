import type { Readable } from "node:stream"
import type { Container, ContainerLogsOptions } from "dockerode"
import { EngineUnavailable } from "../errors.ts"
import type { LogChunk, LogsOptions, RunState } from "../runner.ts"
import { toRunnerError, within } from "./engine-errors.ts"
import { readFrames } from "./frames.ts"

export interface ReadLogs extends LogsOptions {
  readonly container: Container
  readonly inspect: () => Promise<RunState>
  readonly doing: string
  readonly timeoutMs: number
}

/** A container's output, from where `sinceNs` left off; see `Runner.logs`. */
export async function* readLogs(options: ReadLogs): AsyncGenerator<LogChunk> {
  const { inspect, doing, follow = false, tail, signal } = options
  let lastNs = options.sinceNs
  for await (const chunk of readStream(options, { follow, tail, sinceNs: lastNs })) {
    lastNs = chunk.timeNs
    yield chunk
  }
  if (!follow || signal?.aborted) return
  // An engine that shuts down ends the stream as if the program had; only its state tells which.
  const { status } = await inspect()
  if (status === "running" || status === "paused")
    throw new EngineUnavailable(
      `The engine ended the stream of a container that still runs, while ${doing}. Read on from the last time seen.`,
    )
  if (status !== "exited") return
  // Docker 20.10 ends a stream that follows when the program ends, though its reader has not come to the end of the file: of a program
  // that writes much and exits at once, half can be missing. What it left out is in the file.
  const seenAny = lastNs !== options.sinceNs
  yield* readStream(options, { follow: false, tail: seenAny ? undefined : tail, sinceNs: lastNs })
}

interface Part {
  readonly follow: boolean
  readonly tail: number | undefined
  readonly sinceNs: bigint | undefined
}

/** One answer of the engine, without what is not newer than `sinceNs`. Ends quietly when `signal` says so. */
async function* readStream({ container, doing, timeoutMs, signal }: ReadLogs, part: Part): AsyncGenerator<LogChunk> {
  const { follow, tail, sinceNs } = part
  // From a second before: readLogFrames then gives the same times as the reader before it did.
  const since = sinceNs === undefined ? {} : { since: Number(sinceNs / 1_000_000_000n) - 1 }
  const query = { stdout: true, stderr: true, timestamps: true, ...since, ...(tail === undefined ? {} : { tail }) }
  // Also without `follow` as a stream: dockerode would put the whole log into memory, and a stranger may ask for many at once.
  const stream = await within(timeoutMs, doing, openLogs(container, { ...query, follow }))
  const cut = () => stream.destroy()
  signal?.addEventListener("abort", cut, { once: true })
  try {
    if (signal?.aborted) return
    for await (const chunk of readLogFrames(stream)) {
      if (signal?.aborted) return
      if (sinceNs === undefined || chunk.timeNs > sinceNs) yield chunk
    }
  } catch (error) {
    if (signal?.aborted) return
    throw toRunnerError(error, doing)
  } finally {
    signal?.removeEventListener("abort", cut)
    stream.destroy()
  }
}

function openLogs(container: Container, query: ContainerLogsOptions): Promise<Readable> {
  return new Promise((resolve, reject) =>
    container.modem.dial(
      {
        path: `/containers/${container.id}/logs?`,
        method: "GET",
        isStream: true,
        statusCodes: { 200: true, 404: "no such container", 500: "server error" },
        options: query,
      },
      (error: unknown, stream: unknown) => (error ? reject(error) : resolve(stream as Readable)),
    ),
  )
}

/**
 * Makes chunks of the engine's log frames, whose lines begin with their time. Times are made strictly increasing over both streams: pieces
 * of one long line share a time, and two streams may be written out of order by a hair, so each chunk gets at least one nanosecond
 * more than the one before. A later read of the same lines gives the same times, which makes "everything after the last one seen" exact.
 */
export async function* readLogFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<LogChunk> {
  let lastNs = 0n
  for await (const frame of readFrames(stream)) {
    const space = frame.data.indexOf(0x20)
    const writtenNs = parseTimeNs(frame.data.toString("latin1", 0, space))
    lastNs = writtenNs > lastNs ? writtenNs : lastNs + 1n
    yield { stream: frame.stream, timeNs: lastNs, data: Uint8Array.from(frame.data.subarray(space + 1)) }
  }
}

/** RFC 3339 with up to nine digits after the second, in nanoseconds of the unix clock. `Date` alone would stop at milliseconds. */
export function parseTimeNs(text: string): bigint {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (match === null) throw new Error(`The engine's log line begins with ${JSON.stringify(text)} instead of a time`)
  return BigInt(Date.parse(match[1]! + match[3]!)) * 1_000_000n + BigInt((match[2] ?? "").padEnd(9, "0"))
}
