import { chmodSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

/** A program that can go on as soon as something outside changes: exit code 75, start it again later. */
export class TryAgain extends Error {
  override readonly name = "TryAgain"
}

const NAMES = { node: "berth-node", recorder: "recorder" }
/** SQLite's primary result code for a lock that another connection holds. */
const SQLITE_BUSY = 5

/**
 * Makes sure that one process uses a directory: two with one key and one journal would sign two truths. The kernel keeps the lock, so it ends
 * with its process however that ends, and no file that was left behind holds anybody off. Its file stays: who removed it could remove another's.
 * The number in the `.pid` file beside it only tells people who has it.
 * @returns gives the lock back
 * @throws TryAgain when another process has it
 */
export function lockDirectory(directory: string, who: keyof typeof NAMES): () => void {
  const pidFile = join(directory, `${who}.pid`)
  const lock = take(join(directory, `${who}.lock`), () => {
    const pid = pidIn(pidFile)
    return `Another ${NAMES[who]}${pid ? ` (process ${pid})` : ""} uses ${directory}. Stop it, or give this one a directory of its own.`
  })
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 })
  return () => {
    rmSync(pidFile, { force: true })
    lock.close()
  }
}

/** Never opens and closes the file otherwise: POSIX drops a process's locks of a file with the first descriptor of it that is closed. */
function take(path: string, whoHasIt: () => string): DatabaseSync {
  const lock = new DatabaseSync(path)
  try {
    chmodSync(path, 0o600)
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE")
    return lock
  } catch (cause) {
    lock.close()
    if (((cause as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY) throw new TryAgain(whoHasIt(), { cause })
    throw new Error(`${path} can't be locked: ${(cause as Error).message}`, { cause })
  }
}

/** Undefined when whoever has the lock has not written it yet. */
function pidIn(path: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(path, "utf8"), 10) || undefined
  } catch {
    return undefined
  }
}
