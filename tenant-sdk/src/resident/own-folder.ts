import { lstatSync, mkdirSync } from "node:fs"
import { BerthError } from "../errors.ts"

/**
 * Makes a folder for the agent's socket, or sees that nobody else may write to the one there is: it may lie in the machine's /tmp, where
 * another user could have made it first, to answer in the agent's place.
 * @throws BerthError `unauthorized`
 */
export function ownFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  expectOwn(path)
}

/** The same of a folder that may not be there yet. */
export function expectOwn(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false })
  const user = process.getuid?.()
  if (!found || user === undefined) return
  if (found.isDirectory() && found.uid === user && (found.mode & 0o022) === 0) return
  throw new BerthError("unauthorized", `others may write to ${path}, where the agent's socket lies`, {
    hint: "chmod go-w it if it is yours; else set BERTH_HOME to a short path of your own",
  })
}
