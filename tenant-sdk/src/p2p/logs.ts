import { errorFromWire, LOGS, LogsChunk, LogsRequest } from "@berth/protocol/wire"
import type { TabLine } from "./lease.ts"
import { asP2pError } from "./p2p-error.ts"

export interface LogsQuestion {
  readonly leaseId: Uint8Array
  readonly follow: boolean
  /** Nanoseconds since 1970; 0 = from the start. */
  readonly sinceNs: bigint
  /** Only the last lines; 0 = all. */
  readonly tail: number
}

/** A lease's log, chunk by chunk; with `follow` until it has ended. */
export async function* readLogs(line: TabLine, question: LogsQuestion, signal?: AbortSignal): AsyncGenerator<LogsChunk> {
  const frames = await line.host.open(line.callee, LOGS, signal)
  try {
    await frames.write(LogsRequest.encode({ ...question, session: line.session() }), signal)
    for (;;) {
      const chunk = LogsChunk.decode(await frames.wait(signal))
      if (chunk.error) throw errorFromWire(chunk.error)
      if (chunk.data.length > 0) {
        frames.pause()
        yield chunk
        frames.resume()
      }
      if (chunk.end) return
    }
  } catch (error) {
    throw asP2pError(error, line.callee)
  } finally {
    frames.abort()
  }
}
