import { canonicalJson, type PrivateTerms, ProtocolError } from "@berth/protocol"
import { z } from "zod"
import { isAllowed, registryOf } from "../runner/registry.ts"

const text = z.string().max(32_768)
const schema = z.strictObject({
  // It is shown to the operator: nothing that a terminal obeys.
  image: z
    .string()
    .max(512)
    .regex(/^[\x21-\x7e]+$/),
  command: z.array(text).max(256).optional(),
  entrypoint: z.array(text).max(256).optional(),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,255}$/), text).optional(),
  workdir: z.string().startsWith("/").max(4_096).optional(),
  memoryMiB: z.number().int().min(6).max(16_777_216).optional(),
  readOnly: z.boolean().optional(),
})

/**
 * Reads what a stranger wants to run.
 * @param localRegistries those in the operator's own network that it may name
 * @throws ProtocolError `bad_spec` naming the member; `terms_mismatch` when the text is not canonical: then its hash could stand for another one
 */
export function readPrivateTerms(json: string, localRegistries: readonly string[] = []): PrivateTerms {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    throw new ProtocolError("bad_spec", "the private terms are not JSON", { field: "privateTerms" })
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    const field = issue.path.join(".") || "privateTerms"
    throw new ProtocolError("bad_spec", `${field}: ${issue.message}`.slice(0, 300), { field })
  }
  const registry = registryOf(parsed.data.image)
  if (registry !== null && isNeighbour(registry) && !isAllowed(registry, localRegistries))
    throw new ProtocolError("bad_spec", "image: names a registry in the operator's own network", { field: "image" })
  if (canonicalJson(parsed.data) !== json)
    throw new ProtocolError("terms_mismatch", "the private terms are not canonical JSON", { field: "privateTerms" })
  return parsed.data as PrivateTerms
}

const LOCAL_NAME = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|private|arpa)$/i

/**
 * Whether a registry is named by an address, or by a name of a local network: the engine, which is no lease and stands behind no
 * firewall of ours, would call it. Where other names lead is seen before a pull: see `Registries`.
 */
function isNeighbour(registry: string): boolean {
  const host = registry.replace(/:\d*$/, "")
  return !host.includes(".") || /^[\d.]+$|^0x|[:[\]]/i.test(host) || LOCAL_NAME.test(host.replace(/\.$/, ""))
}
