import type { Address, ReservationQuote } from "@berth/protocol"
import { z } from "zod"
import { hex, market, raw, readJsonFile, u64, whole, writeJsonFile } from "./json-file.ts"

/** A signed reservation quote in a file: kept before money moves, so that the same command can be run again. */
export interface QuoteFile {
  readonly chainId: number
  readonly contract: Address
  readonly quote: ReservationQuote
  readonly signature: Uint8Array
}

const schema = z.strictObject({
  ...market,
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
  writeJsonFile(path, { version: 1, ...file })
}

/** Throws BerthError `not_found`, `malformed`. */
export function readQuoteFile(path: string): QuoteFile {
  return readJsonFile(path, schema, "a reservation quote", "berth reserve --save FILE writes one")
}
