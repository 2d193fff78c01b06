import { verifierSetArgs } from "../actions/addVerifierSet.ts"
import { showCall } from "./call.ts"
import { type Context, withAgent } from "./context.ts"
import { parseAddress, parseWhole } from "./parse.ts"

export async function verifiers(context: Context, set: string | undefined): Promise<void> {
  const { out } = context
  const id = set === undefined ? undefined : parseWhole(set, 1, 65_535)
  const found = await withAgent(context, (agent) => agent.verifierSet({ id }))
  out.data(found ?? null)
  if (!found) return out.line("this market has no verifiers")
  const { threshold, members } = found
  out.line(threshold === 0 ? `set ${found.id} is empty: nobody can attest` : `set ${found.id}: ${threshold} of ${members.length} must sign`)
  for (const member of members) out.line(member)
}

export async function addVerifiers(
  context: Context,
  threshold: string,
  members: readonly string[],
  flags: { readonly call?: boolean },
): Promise<void> {
  const { out } = context
  const set = { threshold: parseWhole(threshold, 0, 16), members: members.map(parseAddress) }
  if (flags.call) return showCall(context, "verifiers", "addSet", verifierSetArgs(set))
  const done = await withAgent(context, (agent) => agent.addVerifierSet(set))
  out.data(done)
  out.line(`verifier set ${done.id} is in force for what starts from now on (transaction ${done.hash})`)
}
