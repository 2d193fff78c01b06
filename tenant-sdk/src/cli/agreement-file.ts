import { z } from "zod"
import type { CancelAgreement } from "../actions/cancelReservation.ts"
import { raw, readJsonFile, u64, whole } from "./json-file.ts"

const schema = z.strictObject({ firstDay: whole(0xffff_ffff), operatorBps: whole(10_000), deadline: u64, signature: raw(64) })

/** A node's agreement to a cancel: `{firstDay, operatorBps, deadline, signature}`. Throws BerthError `not_found`, `malformed`. */
export function readAgreementFile(path: string): CancelAgreement {
  return readJsonFile(path, schema, "an agreement to cancel")
}
