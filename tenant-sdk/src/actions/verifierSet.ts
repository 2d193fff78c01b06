import { reservationName } from "@berth/protocol"
import { readLatestSet, readVerifierSet, type VerifierSet, type VerifierStatement } from "../chain/quorum.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { reservation } from "./reservation.ts"

/**
 * A set of verifiers: the latest, which new reservations and days' roots go by, or another by its id. Undefined when there was never any.
 * @throws BerthError `reverted` (no set has this id), `rpc`
 *
 * @example
 * const set = await verifierSet(client)
 * if (set) console.log(`${set.threshold} of ${set.members.length}`)
 */
export async function verifierSet(
  client: BerthClient,
  options: { readonly id?: number | undefined } = {},
): Promise<VerifierSet | undefined> {
  const id = options.id ?? (await readLatestSet(client))
  return id === 0 ? undefined : readVerifierSet(client, id)
}

/** The set whose word counts for a statement. Throws BerthError `usage` when there is none. */
export async function setOf(client: BerthClient, statement: VerifierStatement): Promise<VerifierSet> {
  if ("root" in statement) {
    const latest = await verifierSet(client)
    if (latest) return latest
    throw new BerthError("usage", "this market has no verifiers: nobody can attest a day", {
      hint: "its owner names them: berth verifiers add",
    })
  }
  const { verifierSet: id } = await reservation(client, { id: statement.reservation })
  if (id > 0) return readVerifierSet(client, id)
  throw new BerthError("usage", `reservation ${reservationName(statement.reservation)} has no verifiers: there was no set when it was made`)
}
