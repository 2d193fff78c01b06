import { createHash } from "node:crypto"
import { lstatSync, mkdirSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"

/** A Unix socket's path holds 108 bytes on Linux, 104 elsewhere. */
const MAX_PATH = 100
const IN_DATA_DIR = "control.sock"

/** Where the node of a data directory is asked: in it, or, where that path is too long for a socket, in a folder of this user's under /tmp. */
export function controlPath(dataDir: string): string {
  const path = join(dataDir, IN_DATA_DIR)
  if (Buffer.byteLength(path) <= MAX_PATH) return path
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 16)
  return join(tmpdir(), `berth-node-${process.getuid?.() ?? 0}`, `${name}.sock`)
}

/** Of a socket under /tmp: makes its folder, or sees that the one there is ours alone, since another user could have made it first. */
export function ownSocketFolder(path: string): void {
  if (basename(path) === IN_DATA_DIR) return
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  const user = process.getuid?.()
  if (user !== undefined && (uid !== user || (mode & 0o022) !== 0))
    throw new Error(`Others may write to ${folder}, where the node's control socket lies: chmod go-w it, or set dataDir to a shorter path.`)
}
