import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import type { DiskUse } from "../../disk/judge.ts"
import { RunnerError } from "../errors.ts"

/** Open files and mappings that are looked at for one lease: some 30 us each, so half a minute at most. 512 processes of a thousand each are half of it. */
const MOST = 1_000_000
const BLOCK = 512

export interface OpenFilesOptions {
  /** Of every thread: each may have a table of descriptors to itself, which its process's does not show. */
  readonly threads: readonly string[]
  /** Of every process: mappings are its threads' together. */
  readonly processes: readonly string[]
  /** Those of the disk. Files in memory (tmpfs, memfd) count as memory already. */
  readonly devices: ReadonlySet<number>
  readonly most?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Files that are deleted and still held, by descriptor or mapping: their blocks are not free before they are let go, and no walk finds them.
 * Tables that threads share are read for each: whether they do can't be asked without a system call that Node has not.
 * @throws RunnerError `TOO_MANY_OPEN_FILES` when there are more than can be looked at: what is behind them is not known
 */
export async function heldOf({ threads, processes, devices, most = MOST, signal }: OpenFilesOptions): Promise<DiskUse> {
  const found = new Map<string, number>()
  let left = most
  for (const folder of [...threads.map((id) => `/proc/${id}/fd`), ...processes.map((id) => `/proc/${id}/map_files`)]) {
    const names = await readdir(folder).catch(() => [])
    left -= names.length
    if (left < 0) throw new RunnerError("TOO_MANY_OPEN_FILES", `it holds more than ${most} open files and mappings`)
    for (const name of names) {
      signal?.throwIfAborted()
      const file = await stat(join(folder, name)).catch(() => null)
      if (file?.isFile() && file.nlink === 0 && devices.has(file.dev)) found.set(`${file.dev}:${file.ino}`, file.blocks * BLOCK)
    }
  }
  return { bytes: [...found.values()].reduce((sum, bytes) => sum + bytes, 0), inodes: found.size }
}
