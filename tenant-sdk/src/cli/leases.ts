import type { Lease } from "../agent/agent.ts"
import { type Context, READER_GONE, withAgent } from "./context.ts"
import { duration, shortAddress, shortId, table, usd } from "./output.ts"
import { parseLeasePath, parseSize, parseWhole } from "./parse.ts"

export async function ps(context: Context, flags: { readonly all?: boolean }): Promise<void> {
  const leases = await withAgent(context, (agent) => agent.leases({ all: flags.all }))
  context.out.data(leases)
  context.out.line(table(["LEASE", "NODE", "IMAGE", "CLASS", "STATE", "ACTIVE", "AMOUNT"], leases.map(row)))
}

function row(lease: Lease): string[] {
  const { leaseId, node, image, state, reason, exitCode, activeMs, amount, unknown } = lease
  const why = exitCode !== undefined ? ` (${exitCode})` : reason ? ` (${reason})` : ""
  const what = image.length > 40 ? `${image.slice(0, 39)}…` : image
  return [
    shortId(leaseId),
    shortAddress(node),
    what,
    `${lease.count}x ${lease.class}`,
    `${unknown ? "unknown, was " : ""}${state}${why}`,
    duration(activeMs),
    usd(amount),
  ]
}

interface LogsFlags {
  readonly follow?: boolean
  readonly tail?: string
}

export async function logs(context: Context, lease: string, flags: LogsFlags): Promise<number | undefined> {
  const { out } = context
  const stopper = new AbortController()
  const gone = new AbortController()
  void context.nextInterrupt().then(() => stopper.abort())
  context.onReaderGone(() => {
    gone.abort()
    stopper.abort()
  })
  const tail = flags.tail === undefined || flags.tail === "all" ? undefined : parseWhole(flags.tail, 1, 999_999_999)
  await withAgent(context, async (agent) => {
    for await (const chunk of agent.logs(lease, { follow: flags.follow, tail, signal: stopper.signal })) {
      if (out.json) out.data({ stream: chunk.stream, timeNs: chunk.timeNs, text: Buffer.from(chunk.data).toString("utf8") }, { line: true })
      else await out.bytes(chunk.stream, chunk.data)
    }
    if (!gone.signal.aborted) return
    const { leaseId, state } = await agent.lease(lease)
    if (state !== "ended") out.note(`nobody reads the log any more; lease ${shortId(leaseId)} runs on. berth stop ${shortId(leaseId)}`)
  })
  return gone.signal.aborted ? READER_GONE : undefined
}

export async function cp(context: Context, from: string, to: string, flags: { readonly maxSize?: string }): Promise<void> {
  const { lease, path } = parseLeasePath(from)
  const maxBytes = flags.maxSize === undefined ? undefined : parseSize(flags.maxSize) * 2 ** 20
  const { extractTar } = await import("../files/extract-tar.ts")
  const stopper = new AbortController()
  void context.nextInterrupt().then(() => stopper.abort())
  const files = await withAgent(context, (agent) =>
    extractTar(agent.files(lease, path, { signal: stopper.signal }), to, path, { maxBytes }),
  )
  context.out.data({ files })
  for (const file of files) context.out.line(file)
}

export async function stop(context: Context, refs: readonly string[]): Promise<void> {
  const stopped = await withAgent(context, async (agent) => {
    const leases: Lease[] = []
    for (const ref of refs) {
      const { leaseId } = await agent.stop(ref)
      let last: Lease | undefined
      for await (const now of agent.watch(leaseId)) last = now
      leases.push(last!)
    }
    return leases
  })
  context.out.data(stopped)
  for (const { leaseId } of stopped) context.out.line(shortId(leaseId))
}
