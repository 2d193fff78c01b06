import { canonicalJson, type PrivateTerms, ProtocolError } from "@berth/protocol"
import { z } from "zod"

const text = z.string().max(32_768)
const schema = z.strictObject({
  // It is shown to the operator: nothing that a terminal obeys.
  image: z
    .string()
    .max(512)
    .regex(/^[\x21-\x7e]+$/)
    .refine((image) => !isNeighbour(image), "names a registry in the operator's own network"),
  command: z.array(text).max(256).optional(),
  entrypoint: z.array(text).max(256).optional(),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,255}$/), text).optional(),
  workdir: z.string().startsWith("/").max(4_096).optional(),
  memoryMiB: z.number().int().min(6).max(16_777_216).optional(),
  readOnly: z.boolean().optional(),
})

/**
 * Reads what a stranger wants to run.
 * @throws ProtocolError `bad_spec` naming the member; `terms_mismatch` when the text is not canonical: then its hash could stand for another one
 */
export function readPrivateTerms(json: string): PrivateTerms {
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
  if (canonicalJson(parsed.data) !== json)
    throw new ProtocolError("terms_mismatch", "the private terms are not canonical JSON", { field: "privateTerms" })
  return parsed.data as PrivateTerms
}

const LOCAL_NAME = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|corp|private|arpa)$/i

/**
 * Whether a reference names a registry by an address, or by a name of a local network: the engine, which is no lease and stands behind no
 * firewall of ours, would call it, and a stranger would read in the error what answers there.
 */
function isNeighbour(image: string): boolean {
  const first = image.includes("/") ? image.slice(0, image.indexOf("/")) : ""
  // As the engine tells a registry from a part of a path.
  if (!/[.:]/.test(first) && first !== "localhost") return false
  const host = first.replace(/:\d*$/, "")
  return !host.includes(".") || /^[\d.]+$|^0x|[:[\]]/i.test(host) || LOCAL_NAME.test(host.replace(/\.$/, ""))
}
