import { z } from "zod"
import type { VerifierSignature, VerifierStatement } from "../chain/quorum.ts"
import { BerthError } from "../errors.ts"
import type { ConnectedAgent } from "../resident/connect.ts"
import { type Context, withAgent } from "./context.ts"
import { findReservation } from "./find-reservation.ts"
import { expectMarket, raw, readJsonFile, whole, writeJsonFile } from "./json-file.ts"
import { dateOf, reservationId, spanOf, timeOf, usd } from "./output.ts"
import { parseDay, parseRoot, parseWhole } from "./parse.ts"
import { readSignatureFile, type SignatureFile, signatureJson } from "./signature-file.ts"

interface SaveFlags {
  readonly save?: string
}

export async function signDays(context: Context, ref: string, first: string, days: string | undefined, flags: SaveFlags): Promise<void> {
  const firstDay = parseDay(first)
  const count = days === undefined ? 1 : parseWhole(days, 1, 65_535)
  await withAgent(context, async (agent) => {
    const { id } = await findReservation(agent, ref)
    const signature = await agent.signServedDays({ id, firstDay, count })
    await give(context, agent, { reservation: id, firstDay, count }, signature, flags)
  })
}

export async function signRoot(context: Context, text: string, hex: string, flags: SaveFlags): Promise<void> {
  const [day, root] = [parseDay(text), parseRoot(hex)]
  await withAgent(context, async (agent) => {
    await give(context, agent, { day, root }, await agent.signAttestation({ day, root }), flags)
  })
}

/** The signature as a file, and as the result: `--json` writes what `post` reads. */
async function give(
  { out }: Context,
  agent: ConnectedAgent,
  statement: VerifierStatement,
  signature: VerifierSignature,
  { save }: SaveFlags,
): Promise<void> {
  const { chainId, contract } = await agent.info()
  const file = signatureJson({ statement, ...signature, chainId, contract })
  if (save) writeJsonFile(save, file)
  out.data(file)
  out.line(`${signature.member} signed ${described(statement)}`)
  out.note(save ? `written to ${save}; anybody posts enough of them: berth attest post FILE...` : "--save FILE keeps it")
}

/** Puts together what members signed. Enough of them: posts it. */
export async function post(context: Context, paths: readonly string[], flags: { readonly check?: boolean }): Promise<void> {
  const { out } = context
  const files = paths.map((path) => ({ path, ...readSignatureFile(path) }))
  const statement = sameStatement(files)
  await withAgent(context, async (agent) => {
    const here = await agent.info()
    for (const file of files) expectMarket(file.path, file, here)
    const { set, signed, waiting, reached } = await agent.collectQuorum({ statement, signatures: files })
    const standing = `${signed.length} of set ${set.id} signed ${described(statement)}; ${set.threshold} of ${set.members.length} must`
    if (flags.check) {
      out.data({ set, signed, waiting, reached })
      out.line(`${reached ? "enough" : "not enough"}: ${standing}`)
      return waiting.length > 0 ? out.line(`not signed by ${waiting.join(", ")}`) : undefined
    }
    if (!reached) throw new BerthError("usage", standing, { hint: `still to be asked: ${waiting.join(", ")}` })
    out.note(standing)
    if ("root" in statement) {
      const done = await agent.attest({ ...statement, signatures: files })
      out.data(done)
      return out.line(`attested ${described(statement)} (transaction ${done.hash})`)
    }
    const { reservation: id, firstDay, count } = statement
    const done = await agent.attestDays({ id, firstDay, count, signatures: files })
    out.data(done)
    out.line(`${usd(done.paid)} and ${usd(done.collateral)} of collateral to the operator (transaction ${done.hash})`)
    for (const { day, from, until } of done.later)
      out.line(`${dateOf(day)} is left open, too early: post the same files again on ${dateOf(from)} or ${dateOf(until)} (UTC)`)
  })
}

function sameStatement(files: readonly (SignatureFile & { readonly path: string })[]): VerifierStatement {
  const [first] = files
  const other = files.find((file) => described(file.statement) !== described(first!.statement))
  if (!other) return first!.statement
  throw new BerthError(
    "usage",
    `${first!.path} is about ${described(first!.statement)}, and ${other.path} about ${described(other.statement)}`,
    { hint: "post what belongs together, one after another" },
  )
}

function described(statement: VerifierStatement): string {
  if ("root" in statement) return `root 0x${Buffer.from(statement.root).toString("hex")} for ${dateOf(statement.day)}`
  const { reservation, firstDay, count } = statement
  return `${spanOf(firstDay, count)} of reservation ${reservationId(reservation)}`
}

export async function show(context: Context, text: string): Promise<void> {
  const { out } = context
  const day = parseDay(text)
  await withAgent(context, async (agent) => {
    const [found, { now }] = await Promise.all([agent.attestation({ day }), agent.info()])
    out.data(found ? { ...found, expired: now >= found.expiresAt } : null)
    if (!found) return out.line(`nothing is attested for ${dateOf(day)}`)
    out.line(`root     ${found.root}`)
    out.line(`set      ${found.set}`)
    out.line(`expire${now >= found.expiresAt ? "d " : "s "} ${timeOf(found.expiresAt)}`)
  })
}

const proofSchema = z.strictObject({
  day: whole(0xffff_ffff),
  leaf: raw(32),
  index: whole(Number.MAX_SAFE_INTEGER),
  proof: z.array(raw(32)).max(256),
})

/** Returns the exit code: 1 when the leaf is not attested, or not any more. */
export async function proof(context: Context, path: string): Promise<number> {
  const { out } = context
  const question = readJsonFile(path, proofSchema, "a proof of a leaf", "write {day, leaf, index, proof: [siblings from the leaf up]}")
  const attested = await withAgent(context, (agent) => agent.isAttested(question))
  out.data({ attested })
  out.line(attested ? `attested for ${dateOf(question.day)}` : `not under the root of ${dateOf(question.day)}, or that has expired`)
  return attested ? 0 : 1
}
