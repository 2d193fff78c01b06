import { readFile } from "node:fs/promises"
import { join } from "node:path"

/** Where a container's CPU time can be read, and how to read it. */
export interface CpuCounter {
  readonly path: string
  readonly format: "v1" | "v2"
}

/**
 * The CPU counter's candidates for a process, best first, from its `/proc/<pid>/cgroup`. Lines are `id:controllers:path`; cgroup v2's has no
 * controllers. On a hybrid machine both exist, and only v1's cpuacct counts. Pure.
 */
export function countersOf(procCgroup: string, root = "/sys/fs/cgroup"): CpuCounter[] {
  const found: CpuCounter[] = []
  for (const line of procCgroup.trim().split("\n")) {
    const [, controllers = "", ...rest] = line.split(":")
    const path = rest.join(":")
    if (path === "" || path === "/") continue // the whole machine's counter is not this lease's
    if (controllers.split(",").includes("cpuacct")) {
      for (const mount of [controllers, "cpuacct", "cpu,cpuacct"])
        found.unshift({ path: join(root, mount, path, "cpuacct.usage"), format: "v1" })
    } else if (controllers === "") found.push({ path: join(root, path, "cpu.stat"), format: "v2" })
  }
  return found
}

/** Nanoseconds of CPU time that a counter's text shows, or null when it does not count CPU. Pure. */
export function parseCpuNs(text: string, format: CpuCounter["format"]): bigint | null {
  if (format === "v1") return /^\d+\s*$/.test(text) ? BigInt(text.trim()) : null
  const usage = /^usage_usec (\d+)$/m.exec(text)?.[1]
  return usage === undefined ? null : BigInt(usage) * 1000n
}

/** Finds the counter of the container whose first process is `pid`; null where it can't be seen (another machine, another cgroup view). */
export async function findCpuCounter(pid: number, containerId: string): Promise<CpuCounter | null> {
  const text = await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => null)
  // The id must be in the path: a remote engine's pid may be some other process here.
  if (text === null || !text.includes(containerId)) return null
  for (const counter of countersOf(text)) if ((await readCpuNs(counter)) !== null) return counter
  return null
}

/** Reads a counter; null once its container has ended. About 0.1 ms. */
export async function readCpuNs(counter: CpuCounter): Promise<bigint | null> {
  const text = await readFile(counter.path, "utf8").catch(() => null)
  return text === null ? null : parseCpuNs(text, counter.format)
}
