import { readFileSync } from "node:fs"
import { z } from "zod"
import type { CancelAgreement } from "../actions/cancelReservation.ts"
import { BerthError } from "../errors.ts"

const schema = z.strictObject({
  firstDay: z.number().int().min(0).max(0xffff_ffff),
  operatorBps: z.number().int().min(0).max(10_000),
  deadline: z
    .string()
    .regex(/^\d{1,19}$/, "unix seconds as a string")
    .transform(BigInt),
  signature: z
    .string()
    .regex(/^0x[0-9a-fA-F]{128}$/, "64 bytes as 0x hex")
    .transform((text) => new Uint8Array(Buffer.from(text.slice(2), "hex"))),
})

/** A node's agreement to a cancel: `{firstDay, operatorBps, deadline, signature}`. Throws BerthError `not_found`, `malformed`. */
export function readAgreementFile(path: string): CancelAgreement {
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch (cause) {
    throw new BerthError("not_found", `${path} can't be read`, { cause })
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : "it is no JSON"
    throw new BerthError("malformed", `${path} is not an agreement to cancel: ${why}`, { cause })
  }
}
