import type { Address } from "@berth/protocol"
import { z } from "zod"
import { BerthError } from "../errors.ts"
import { toJson } from "./output.ts"
import { readText } from "./read-text.ts"
import { writeText } from "./write-text.ts"

/** Pieces of the files in which signed words are handed around: integers above 2^53 as decimal strings, bytes as 0x hex. */
export const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`), `${bytes} bytes as 0x hex`)
    .transform((text) => text.toLowerCase() as Address)
export const raw = (bytes: number) => hex(bytes).transform((text) => new Uint8Array(Buffer.from(text.slice(2), "hex")))
export const whole = (max: number) => z.number().int().min(0).max(max)
export const u64 = z
  .string()
  .regex(/^\d{1,20}$/, "a whole number as a string")
  .transform(BigInt)
  .refine((n) => n < 1n << 64n, "a number below 2^64")
/** A reservation's id. */
export const reservation = hex(32).transform(BigInt)

/** On which market the words in a file count. */
export const market = { version: z.literal(1), chainId: z.number().int().positive(), contract: hex(20) }

export interface OnMarket {
  readonly chainId: number
  readonly contract: Address
}

/** Throws BerthError `wrong_market` when a file is for another market than ours. */
export function expectMarket(path: string, file: OnMarket, ours: OnMarket): void {
  if (file.chainId === ours.chainId && file.contract === ours.contract.toLowerCase()) return
  throw new BerthError(
    "wrong_market",
    `${path} is for chain ${file.chainId}, contract ${file.contract}; this is chain ${ours.chainId}, ${ours.contract}`,
    { hint: "use the profile or deployment that it is for" },
  )
}

/**
 * Reads and checks a file. `what` it is to hold is said in errors, `hint` how to get one.
 * @throws BerthError `not_found`, `malformed`
 */
export function readJsonFile<schema extends z.ZodType>(path: string, schema: schema, what: string, hint?: string): z.output<schema> {
  const text = readText(path)
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : "it is no JSON"
    throw new BerthError("malformed", `${path} is not ${what}: ${why}`, { hint, cause })
  }
}

/** Only for its owner to read: a signature is worth money to whoever has it first. */
export function writeJsonFile(path: string, value: object): void {
  writeText(path, `${toJson(value)}\n`, { mode: 0o600 })
}
