import { type Quorum, quorumOf, statementDigest, type VerifierSignature, type VerifierStatement } from "../chain/quorum.ts"
import type { BerthClient } from "../client.ts"
import { setOf } from "./verifierSet.ts"

/** Verifiers' signatures to put together, and the one statement that they are over. */
export interface CollectQuorumOptions {
  readonly statement: VerifierStatement
  /** In any order; as many as there are. */
  readonly signatures: readonly VerifierSignature[]
}

/**
 * Checks what verifiers signed and sorts it as the contract takes it: for served days by the set that their reservation names, for a day's root
 * by the latest one. Says who has signed, who has not, and whether that is enough. Reads the chain, sends nothing.
 * @throws BerthError `usage` (no verifiers, a signature of no member, a member's twice), `bad_signature`, `no_reservation`, `rpc`
 *
 * @example
 * const { reached, waiting } = await collectQuorum(client, { statement: { day, root }, signatures })
 * if (!reached) console.log("ask", waiting)
 */
export async function collectQuorum(client: BerthClient, options: CollectQuorumOptions): Promise<Quorum> {
  const { statement, signatures } = options
  return quorumOf(await setOf(client, statement), statementDigest(client, statement), signatures)
}
