import { z } from "zod"
import type { VerifierSignature, VerifierStatement } from "../chain/quorum.ts"
import { hex, market, type OnMarket, raw, readJsonFile, reservation, whole } from "./json-file.ts"
import { reservationId } from "./output.ts"

/** A verifier's word in a file: sent to whoever collects a quorum of them. */
export interface SignatureFile extends OnMarket, VerifierSignature {
  readonly statement: VerifierStatement
}

const schema = z
  .strictObject({
    ...market,
    servedDays: z.strictObject({ reservation, firstDay: whole(0xffff_ffff), count: whole(0xffff) }).optional(),
    attestation: z.strictObject({ day: whole(0xffff_ffff), root: raw(32) }).optional(),
    member: hex(20),
    signature: raw(64),
  })
  .refine((file) => (file.servedDays === undefined) !== (file.attestation === undefined), "either servedDays or attestation must be there")

/** `{version, chainId, contract, servedDays: {reservation, firstDay, count} | attestation: {day, root}, member, signature}` */
export function signatureJson({ statement, member, signature, chainId, contract }: SignatureFile): object {
  const what =
    "root" in statement
      ? { attestation: { day: statement.day, root: statement.root } }
      : { servedDays: { ...statement, reservation: reservationId(statement.reservation) } }
  return { version: 1, chainId, contract, ...what, member, signature }
}

/** Throws BerthError `not_found`, `malformed`. */
export function readSignatureFile(path: string): SignatureFile {
  const what = "a verifier's signature"
  const file = readJsonFile(path, schema, what, "berth attest days and berth attest root write one")
  const { chainId, contract, member, signature, servedDays, attestation } = file
  return { chainId, contract, member, signature, statement: servedDays ?? attestation! }
}
