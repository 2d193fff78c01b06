import { closeSync, openSync, readFileSync, unlinkSync, writeSync } from "node:fs"
import { join } from "node:path"

/** A program that can go on as soon as something outside changes: exit code 75, start it again later. */
export class TryAgain extends Error {
  override readonly name = "TryAgain"
}

/**
 * Makes sure that one process uses a data directory. A lock whose process is gone is taken over.
 * @returns gives the lock back
 * @throws TryAgain when another node runs on it
 */
export function lockDataDir(dataDir: string): () => void {
  const path = join(dataDir, "node.pid")
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = openSync(path, "wx", 0o600)
      writeSync(file, `${process.pid}\n`)
      closeSync(file)
      return () => unlinkSync(path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    }
    const pid = Number(readFileSync(path, "utf8"))
    if (pid !== process.pid && isNode(pid))
      throw new TryAgain(`Another berth-node (process ${pid}) uses ${dataDir}. Stop it, or give this one its own dataDir.`)
    unlinkSync(path)
  }
  throw new TryAgain(`${path} can't be taken: another berth-node starts at the same time.`)
}

/** Whether the process lives and, where that can be told, is a Node program: pids are used again after a reboot. */
function isNode(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("node")
  } catch {
    return true
  }
}
