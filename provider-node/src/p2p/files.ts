import { ProtocolError } from "@berth/protocol"
import { FILES, FilesChunk, FilesRequest } from "@berth/protocol/wire"
import type { LeaseTable } from "../lease/table.ts"
import { RunnerError } from "../runner/errors.ts"
import type { Runner } from "../runner/runner.ts"
import { ownLease } from "./lease.ts"
import { asProtocolError } from "./logs.ts"
import { PAGER_MS, type Protocol } from "./serve.ts"
import { checkSession, type SessionRules } from "./session.ts"

export interface FilesModules {
  readonly session: SessionRules
  readonly leases: LeaseTable
  readonly runner: Runner
}

/** Largest piece of tar in a frame. */
const MAX_DATA = 64 * 1024
const chunk = (part: Partial<FilesChunk>): FilesChunk => ({ data: new Uint8Array(), end: false, ...part })

/** /berth/files/1: a path of a lease's container as a tar, running or ended. */
export function filesProtocol({ session, leases, runner }: FilesModules): Protocol<FilesRequest, FilesChunk> {
  return {
    limits: FILES,
    maxRequest: 8 * 1024,
    lingerMs: PAGER_MS,
    request: FilesRequest,
    response: FilesChunk,
    error: (error) => chunk({ error, end: true }),
    async handle(channel, peer) {
      const request = await channel.read()
      const lease = ownLease(checkSession(request.session, peer, session), request, leases)
      if (!request.path.startsWith("/") || request.path.includes("\0"))
        throw new ProtocolError("malformed", "path must be absolute, such as /out", { field: "path" })
      try {
        for await (const piece of await runner.getArchive(lease.id, request.path)) {
          for (let at = 0; at < piece.length; at += MAX_DATA) await channel.write(chunk({ data: piece.subarray(at, at + MAX_DATA) }))
          if (channel.closed.aborted) return
        }
      } catch (error) {
        if (error instanceof RunnerError && error.code === "PATH_NOT_FOUND")
          throw new ProtocolError("not_found", error.message, { cause: error })
        throw asProtocolError(error, lease)
      }
      await channel.write(chunk({ end: true }))
    },
  }
}
