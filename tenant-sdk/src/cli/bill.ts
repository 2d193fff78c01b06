import { type Context, withAgent } from "./context.ts"
import { dateOf, duration, shortAddress, shortId, table, usd } from "./output.ts"
import { parseDay } from "./parse.ts"
import { readText } from "./read-text.ts"
import { writeText } from "./write-text.ts"

export async function bill(context: Context, flags: { readonly day?: string; readonly export?: string }): Promise<void> {
  const { out } = context
  const day = flags.day === undefined ? undefined : parseDay(flags.day)
  await withAgent(context, async (agent) => {
    const made = await agent.bill({ day })
    out.data(made)
    const rows = made.lines.map((l) => [
      dateOf(l.day),
      shortId(l.leaseId),
      shortAddress(l.node),
      l.image.slice(0, 32),
      duration(l.activeMs),
      usd(l.price),
      usd(l.amount),
    ])
    out.line(table(["DAY", "LEASE", "NODE", "IMAGE", "ACTIVE", "PER HOUR", "AMOUNT"], rows))
    out.line(`total ${usd(made.total.amount)} for ${duration(made.total.activeMs)}; settled on chain ${usd(made.total.settled)}`)
    for (const s of made.statements)
      if (s.paidAhead > 0n) out.line(`${dateOf(s.day)} ${shortAddress(s.node)}: ${usd(s.paidAhead)} paid ahead for work not done`)
    if (!flags.export) return
    const { stringifyBundle } = await import("@berth/protocol")
    writeText(flags.export, stringifyBundle(await agent.exportBundle({ day })))
    out.note(`bundle written to ${flags.export}; check it: berth audit ${flags.export} --rpc URL`)
  })
}

/** Needs no agent, store or key: a bundle and an RPC. Returns the exit code: 1 when the bill is wrong. */
export async function audit(context: Context, file: string): Promise<number> {
  const { out, config } = context
  const [{ audit: check, parseBundle }, { loadMarket }, { createPublicClient, http }] = await Promise.all([
    import("../bill/audit.ts"),
    import("../resident/market.ts"),
    import("viem"),
  ])
  const bundle = parseBundle(readText(file))
  // An auditor needs no profile: with --rpc alone the contracts are the published ones, or the bundle's own.
  const known = config.deployment || !config.rpc ? loadMarket(config) : undefined
  const rpc = config.rpc ?? known!.rpc
  const result = await check(bundle, { publicClient: createPublicClient({ transport: http(rpc) }), deployment: known?.deployment })
  out.data(result)
  for (const f of result.findings) {
    out.line(`${f.severity === "error" ? "WRONG " : "note  "} ${f.message}`)
    if (f.expected !== undefined) out.line(`       expected ${f.expected}, found ${f.actual}`)
    out.line(
      `       node ${f.node}, tab of ${f.signer}${f.day === undefined ? "" : `, day ${dateOf(f.day)}`}${f.seq === undefined ? "" : `, receipt ${f.seq}`}`,
    )
  }
  const { tabs, receipts, records, settlements } = result.checked
  if (result.contractsFromBundle)
    out.note(
      `the contracts are those that the bundle names (${bundle.contract}): no published deployment is on chain ${bundle.chainId}. Make sure that they are Berth's.`,
    )
  out.line(
    `${result.ok ? "right" : "WRONG"}: ${records} records in ${receipts} receipts of ${tabs} tabs, ${settlements} settlements; used ${usd(result.used)}, paid ${usd(result.paid)}`,
  )
  return result.ok ? 0 : 1
}
