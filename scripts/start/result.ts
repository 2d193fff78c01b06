import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** What workloads/digits writes. */
export function readResult(dir: string): { accuracy: number; picture: string } {
  const file = join(dir, "out", "result.json")
  const { accuracy } = JSON.parse(readFileSync(file, "utf8"))
  const picture = join(dir, "out", "digits.svg")
  if (typeof accuracy !== "number" || !existsSync(picture)) throw new Error(`${file} is not the result of workloads/digits`)
  return { accuracy, picture }
}
