import { BerthError } from "../errors.ts"
import { type Context, withAgent } from "./context.ts"
import { expectMarket } from "./json-file.ts"
import { dateOf, shortAddress, table, usd } from "./output.ts"
import { readText } from "./read-text.ts"

/** Hands in each tab's last receipt of a bundle. Pays operators; run again it pays nothing more. */
export async function settle(context: Context, path: string): Promise<void> {
  const { out } = context
  const [{ parseBundle }, { linesOfBundle }] = await Promise.all([import("../bill/audit.ts"), import("../bill/lines-of-bundle.ts")])
  const bundle = parseBundle(readText(path))
  const lines = linesOfBundle(bundle)
  if (lines.length === 0) throw new BerthError("usage", `${path} holds no receipt: there is nothing to settle`)
  await withAgent(context, async (agent) => {
    expectMarket(path, bundle, await agent.info())
    const done = await agent.settle({ lines })
    out.data(done)
    const rows = [
      ...done.settled.map((s) => [shortAddress(s.node), s.signer.slice(2, 14), `${usd(s.paid)} to the operator, to ${dateOf(s.day)}`]),
      ...done.skipped.map((s) => [shortAddress(s.node), s.signer.slice(2, 14), `nothing: ${s.reason}`]),
    ]
    out.line(table(["NODE", "TAB", "PAID"], rows))
    out.note(`transaction ${done.hash}`)
  })
}
