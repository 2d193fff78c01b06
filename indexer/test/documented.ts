import { readFileSync } from "node:fs"
import { join } from "node:path"

const HEADING = "## Reservations, stake, standing orders, verifiers"

/** The queries of docs/dapps.md: those about tabs, or those under the heading about reservations and what goes with them. */
export function documentedQueries(about: "tabs" | "reservations"): string[] {
  const text = readFileSync(join(import.meta.dirname, "../../docs/dapps.md"), "utf8")
  const [tabs, rest] = text.split(HEADING)
  if (rest === undefined) throw new Error(`docs/dapps.md has no heading "${HEADING}"`)
  return [...(about === "tabs" ? tabs! : rest).matchAll(/```graphql\n(.*?)```/gs)].map((match) => match[1]!)
}
