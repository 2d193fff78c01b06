import { writeFileSync } from "node:fs"
import { BerthError } from "../errors.ts"

/** A file that a command was asked for. Throws BerthError `not_found`. */
export function writeText(path: string, text: string, options: { readonly mode?: number } = {}): void {
  try {
    writeFileSync(path, text, options)
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException
    throw new BerthError("not_found", `${path} can't be written: ${WHY[code] ?? code}`, { hint: "name another file", cause })
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: "its folder is not there",
  ENOTDIR: "its folder is no folder",
  EISDIR: "it is a folder",
  EACCES: "it may not be written to",
  EROFS: "its file system is read-only",
  ENOSPC: "the disk is full",
}
