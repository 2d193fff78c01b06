import { readFileSync, writeFileSync } from "node:fs"
import type { Address, ReservationQuote } from "@berth/protocol"
import { z } from "zod"
import { BerthError } from "../errors.ts"

/** A signed reservation quote in a file: kept before money moves, so that the same command can be run again. */
export interface QuoteFile {
  readonly chainId: number
  readonly contract: Address
  readonly quote: ReservationQuote
  readonly signature: Uint8Array
}

const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${bytes * 2}}$`), `${bytes} bytes as 0x hex`)
    .transform((text) => text.toLowerCase() as Address)
const raw = (bytes: number) => hex(bytes).transform((text) => new Uint8Array(Buffer.from(text.slice(2), "hex")))
const whole = (max: number) => z.number().int().min(0).max(max)
const u64 = z
  .string()
  .regex(/^\d{1,20}$/, "a whole number as a string")
  .transform(BigInt)
  .refine((n) => n < 1n << 64n, "a number below 2^64")

const schema = z.strictObject({
  version: z.literal(1),
  chainId: z.number().int().positive(),
  contract: hex(20),
  quote: z.strictObject({
    node: hex(20),
    tenant: hex(20),
    class: z.string().min(1).max(64),
    gpus: whole(0xffff),
    startDay: whole(0xffff_ffff),
    term: whole(0xffff),
    pricePerDay: u64,
    listPricePerDay: u64,
    collateralBps: whole(0xffff),
    cancelFeeBps: whole(0xffff),
    claimPeriod: whole(0xff),
    expires: u64,
    nonce: raw(32),
  }),
  signature: raw(64),
})

export function writeQuoteFile(path: string, file: QuoteFile): void {
  const text = JSON.stringify(
    { version: 1, ...file },
    (_, value) => {
      if (typeof value === "bigint") return value.toString()
      return value instanceof Uint8Array ? `0x${Buffer.from(value).toString("hex")}` : value
    },
    2,
  )
  writeFileSync(path, `${text}\n`, { mode: 0o600 })
}

/** Throws BerthError `not_found`, `malformed`. */
export function readQuoteFile(path: string): QuoteFile {
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
    throw new BerthError("malformed", `${path} is not a reservation quote: ${why}`, { hint: "berth reserve --save FILE writes one", cause })
  }
}
