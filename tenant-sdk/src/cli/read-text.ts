import { readFileSync } from "node:fs"
import { BerthError } from "../errors.ts"

/** A file that a command was given. Throws BerthError `not_found`. */
export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch (cause) {
    throw new BerthError("not_found", `${path} can't be read`, { cause })
  }
}
