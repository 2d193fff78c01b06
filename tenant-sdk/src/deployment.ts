import { readFileSync } from "node:fs"
import type { Address, Deployment } from "@berth/protocol"
import { z } from "zod"
import { BerthError } from "./errors.ts"

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "an address: 0x and 40 hex digits")
  .transform((a) => a as Address)

const schema = z.object({
  chainId: z.number().int().positive(),
  berth: address,
  computeRecords: address,
  reserve: address,
  reservations: address,
  verifiers: address,
  startBlock: z.union([z.number().int().min(0), z.string().regex(/^\d+$/)]).transform(BigInt),
  rpcUrl: z.url().optional(),
})

/** A deployment file: where Berth lives on a chain and, for a local one, its RPC. Throws BerthError `malformed` or `not_found`. */
export function readDeployment(path: string): Deployment & { readonly rpcUrl?: string | undefined } {
  let text: string
  try {
    text = readFileSync(path, "utf8")
  } catch (cause) {
    throw new BerthError("not_found", `there is no deployment file ${path}`, {
      hint: "npm start writes one; or give --deployment FILE",
      cause,
    })
  }
  return parseDeployment(text, path)
}

/** The same from its text; `name` is used in errors only. */
function parseDeployment(text: string, name: string): Deployment & { readonly rpcUrl?: string | undefined } {
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : "it is no JSON"
    throw new BerthError("malformed", `${name} is not a deployment: ${why}`, { cause })
  }
}
