import { readdirSync, readFileSync } from "node:fs"
import { runProgram } from "./install.ts"

function read(path: string): string {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return "" // the process ended meanwhile
  }
}

const pids = () => readdirSync("/proc").map(Number).filter(Boolean)
const parentOf = (pid: number) => Number(/^PPid:\t(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1])

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

/**
 * Takes away what a killed dockerd left, once no dockerd uses it: the shims that name its exec-root, the containers' first processes (their
 * children), and mounts under its directories, without which these could not be deleted. After an orderly end there is nothing to find.
 */
export async function sweep(execRoot: string, dataRoot: string): Promise<void> {
  const shims = new Set(pids().filter((pid) => read(`/proc/${pid}/cmdline`).includes(`\0${execRoot}/containerd/`)))
  for (const pid of pids()) if (shims.has(parentOf(pid))) kill(pid)
  for (const pid of shims) kill(pid)
  const mounts = read("/proc/mounts")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "")
    .filter((path) => path === dataRoot || path.startsWith(`${dataRoot}/`) || path.startsWith(`${execRoot}/`))
  // The last mounted first; lazily, since a process that was just killed may hold one for a moment.
  for (const path of mounts.reverse()) await runProgram("umount", ["-l", path])
}
