import { hexToBytes, isEnded } from "@berth/protocol"
import type { Hex } from "viem"
import { asBerthError } from "../errors.ts"
import { readFiles } from "../p2p/files.ts"
import { askLease } from "../p2p/lease.ts"
import { readLogs } from "../p2p/logs.ts"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { LogChunk, LogOptions } from "./agent.ts"
import { Backoff } from "./backoff.ts"
import type { LeaseBook } from "./lease-book.ts"
import { expectNumber } from "./run-options.ts"
import type { TabSet } from "./tab-set.ts"

interface Io {
  readonly book: LeaseBook
  readonly tabs: TabSet
}

/** A lease now and at each change until it has ended. */
export async function* watchLeaseRow(book: LeaseBook, leaseId: Hex, signal?: AbortSignal): AsyncGenerator<LeaseRow> {
  const changes = book.changes.stream(signal)
  try {
    yield book.get(leaseId)
    if (isEnded(book.get(leaseId).progress.state)) return
    for await (const row of changes) {
      if (row.leaseId !== leaseId) continue
      yield row
      if (isEnded(row.progress.state)) return
    }
  } finally {
    await changes.return?.()
  }
}

/** A lease's log. When the line to the node breaks while following, goes on after the last chunk read. */
export async function* leaseLogs(io: Io, ref: string, options: LogOptions = {}): AsyncGenerator<LogChunk> {
  expectNumber("tail", options.tail, { most: 0xffff_ffff, whole: true })
  const row = io.book.find(ref)
  const { line } = io.tabs.get(row.signer)
  const signal = options.signal ?? new AbortController().signal
  const backoff = new Backoff()
  let since = options.sinceNs ?? 0n
  let tail = options.tail ?? 0
  const follow = options.follow ?? false
  for (;;) {
    try {
      for await (const chunk of readLogs(line, { leaseId: hexToBytes(row.leaseId), follow, sinceNs: since, tail }, signal)) {
        if (chunk.timeNs > 0n) since = chunk.timeNs + 1n
        tail = 0
        backoff.reset()
        yield { stream: chunk.stream === 2 ? "stderr" : "stdout", timeNs: chunk.timeNs, data: chunk.data }
      }
      return
    } catch (error) {
      if (!follow || signal.aborted || !BROKEN.has(asBerthError(error).code)) throw error
      await backoff.wait(signal)
    }
  }
}

/** The line broke, the log did not end. */
const BROKEN: ReadonlySet<string> = new Set(["unreachable", "timeout", "engine_unavailable"])

/** A path of a lease's file system as a tar. */
export function leaseFiles(io: Io, ref: string, path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const row = io.book.find(ref)
  return readFiles(io.tabs.get(row.signer).line, hexToBytes(row.leaseId), path, signal)
}

/** Asks the node to stop or resume a lease; its state then follows from what the node reports. */
export async function stopLease(io: Io, ref: string, what: "stop" | "resume"): Promise<LeaseRow> {
  const row = io.book.find(ref)
  if (isEnded(row.progress.state)) return row
  if (what === "stop") io.book.stopAsked(row.leaseId)
  const answer = await askLease(io.tabs.get(row.signer).line, { [what]: { leaseId: hexToBytes(row.leaseId) } })
  if (answer.leases[0]) io.book.report(row.leaseId, answer.leases[0])
  return io.book.get(row.leaseId)
}
