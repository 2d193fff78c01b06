import { z } from "zod"
import { MAX_U64 } from "./bytes.ts"

const hex = (bytes?: number) =>
  z
    .string()
    .regex(
      bytes === undefined ? /^0x([0-9a-f]{2})*$/ : new RegExp(`^0x[0-9a-f]{${bytes * 2}}$`),
      bytes === undefined ? "0x hex" : `0x hex of ${bytes} bytes`,
    )
    .transform((v) => v as `0x${string}`)
const integer = z
  .string()
  .regex(/^(0|[1-9]\d{0,19})$/, "a decimal integer in quotes")
  .transform(BigInt)
  .refine((v) => v <= MAX_U64, "an integer of at most 64 bits")
const u32 = z.number().int().min(0).max(0xffffffff)

const bundleTerms = z.strictObject({
  leaseNo: u32,
  class: z.string(),
  count: z.number().int().min(1).max(0xffff),
  price: integer,
  meter: z.number().int().min(0).max(255),
  start: integer,
  window: u32,
  pause: u32,
  stop: u32,
  idle: u32,
})

/** One countersigned receipt's records: a leaf of the day's tree. */
const bundleBlock = z.strictObject({
  seq: u32,
  block: integer,
  terms: z.array(u32),
  records: z.array(
    z.strictObject({ block: integer, leaseNo: u32, cumulativeMs: integer, amount: integer, requests: u32, tokens: integer }),
  ),
})

/** A day's last countersigned receipt, with everything its recordsHash opens to. */
const bundleStatement = z.strictObject({
  day: u32,
  seq: u32,
  block: integer,
  gpuMs: integer,
  used: integer,
  amount: integer,
  treeSize: u32,
  treeRoot: hex(32),
  previousDayRecordsHash: hex(32),
  recordsHash: hex(32),
  nodeSignature: hex(64),
  signerSignature: hex(64),
  /** Every leaf of the day's tree, in order. */
  blocks: z.array(bundleBlock),
})

const bundleTab = z.strictObject({
  signer: hex(20),
  node: hex(20),
  terms: z.array(bundleTerms),
  statements: z.array(bundleStatement),
})

/** A bill that anybody can recompute with the chain alone: `berth bill --export` writes it, `berth audit` reads it. */
export const bundleSchema = z.strictObject({
  version: z.literal(1),
  chainId: z.number().int().positive(),
  contract: hex(20),
  /** Where records are anchored, and the first block worth reading: an auditor who knows the deployment from elsewhere compares them. */
  computeRecords: hex(20),
  startBlock: integer,
  tenant: hex(20),
  tabs: z.array(bundleTab),
})

/** A bundle as read: integers that may be large are bigint. */
export type Bundle = z.output<typeof bundleSchema>
/** One tab of a bundle: terms of its leases, and its days. */
export type BundleTab = Bundle["tabs"][number]
/** A day's last countersigned receipt in a bundle, with everything its recordsHash opens to. */
export type BundleStatement = BundleTab["statements"][number]

/** Bundle as JSON text: bigints as decimal strings. */
export function stringifyBundle(bundle: Bundle): string {
  return `${JSON.stringify(bundle, (_, v) => (typeof v === "bigint" ? v.toString() : v), 2)}\n`
}
