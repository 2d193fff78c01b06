import { ProtocolError } from "@berth/protocol"
import { LOGS, LogsChunk, LogsRequest } from "@berth/protocol/wire"
import type { LiveLease } from "../lease/live-lease.ts"
import type { LeaseTable } from "../lease/table.ts"
import { EngineUnavailable, NoSuchLease } from "../runner/errors.ts"
import type { LogsOptions, Runner } from "../runner/runner.ts"
import type { Channel } from "./channel.ts"
import { ownLease } from "./lease.ts"
import { PAGER_MS, type Protocol } from "./serve.ts"
import { checkSession, type SessionRules } from "./session.ts"

export interface LogsModules {
  readonly session: SessionRules
  readonly leases: LeaseTable
  readonly runner: Runner
}

/** Largest piece of log in a frame. */
const MAX_DATA = 32 * 1024
const chunk = (part: Partial<LogsChunk>): LogsChunk => ({ stream: 0, timeNs: 0n, data: new Uint8Array(), end: false, ...part })

/** /berth/logs/1: a lease's output, while it runs and after it ended, for as long as its container is kept. */
export function logsProtocol({ session, leases, runner }: LogsModules): Protocol<LogsRequest, LogsChunk> {
  return {
    limits: LOGS,
    maxRequest: 1_024,
    lingerMs: PAGER_MS,
    request: LogsRequest,
    response: LogsChunk,
    error: (error) => chunk({ error, end: true }),
    async handle(channel, peer) {
      const request = await channel.read()
      const lease = ownLease(checkSession(request.session, peer, session), request, leases)
      if (request.follow && !(await hasStarted(lease, leases, channel.closed))) return channel.write(chunk({ end: true }))
      await copy(channel, runner, lease, {
        follow: request.follow,
        signal: channel.closed,
        ...(request.sinceNs > 0n ? { sinceNs: request.sinceNs } : {}),
        ...(request.tail > 0 ? { tail: request.tail } : {}),
      })
    },
  }
}

async function copy(channel: Channel<LogsRequest, LogsChunk>, runner: Runner, lease: LiveLease, options: LogsOptions): Promise<void> {
  try {
    for await (const { stream, timeNs, data } of runner.logs(lease.id, options)) {
      for (let at = 0; at < data.length || at === 0; at += MAX_DATA)
        await channel.write(chunk({ stream: stream === "stdout" ? 1 : 2, timeNs, data: data.subarray(at, at + MAX_DATA) }))
      if (channel.closed.aborted) return
    }
  } catch (error) {
    if (channel.closed.aborted) return
    throw asProtocolError(error, lease)
  }
  await channel.write(chunk({ end: true }))
}

/** Waits until there is a container to read from; false when the lease ended without one. */
async function hasStarted(lease: LiveLease, leases: LeaseTable, closed: AbortSignal): Promise<boolean> {
  const early = () => lease.state === "accepted" || lease.state === "pulling" || lease.state === "starting"
  if (early()) {
    await new Promise<void>((resolve) => {
      const off = leases.onChange.on((other) => {
        if (other === lease && !early()) finish()
      })
      const finish = () => {
        off()
        closed.removeEventListener("abort", finish)
        resolve()
      }
      closed.addEventListener("abort", finish)
    })
  }
  return !closed.aborted && !(lease.state === "ended" && lease.row.imageId === "")
}

/** The runner's errors as the wire's. */
export function asProtocolError(error: unknown, lease: LiveLease): unknown {
  if (error instanceof EngineUnavailable)
    return new ProtocolError("engine_unavailable", "the node's container engine does not answer now: try again", { cause: error })
  if (error instanceof NoSuchLease) {
    const gone = lease.row.removed ? "was removed when its retention was over" : "has not been created"
    return new ProtocolError("not_found", `the container of lease ${lease.id} ${gone}`, { cause: error })
  }
  return error
}
