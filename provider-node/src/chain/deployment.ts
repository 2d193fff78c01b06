import { readFileSync } from "node:fs"
import type { Address, Deployment } from "@berth/protocol"
import { z } from "zod"

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((v) => v.toLowerCase() as Address)

const schema = z.object({
  chainId: z.number().int().positive(),
  berth: address,
  computeRecords: address,
  reserve: address,
  reservations: address,
  verifiers: address,
  startBlock: z.union([z.number().int().nonnegative(), z.string().regex(/^\d+$/)]).transform(BigInt),
  rpcUrl: z.string().optional(),
})

/** A deployment, and an RPC endpoint where its file names one. */
export type KnownDeployment = Deployment & { readonly rpcUrl?: string | undefined }

/** Reads a deployment's JSON. @throws Error naming the file and the field. */
export function readDeployment(path: string): KnownDeployment {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, "utf8"))
  } catch (cause) {
    throw new Error(`Can't read the deployment ${path}: ${(cause as Error).message}. Set "deployment" to its JSON file.`, { cause })
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success)
    throw new Error(`${path}: ${parsed.error.issues[0]!.path.join(".")} is missing or wrong (${parsed.error.issues[0]!.message}).`)
  return parsed.data
}
