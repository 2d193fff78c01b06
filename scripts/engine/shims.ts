import { readdirSync, readFileSync } from "node:fs"

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

/** Ends what a killed dockerd left running: the shims that name its exec-root, and the containers' first processes, their children. */
export function killShims(execRoot: string): void {
  const shims = new Set(pids().filter((pid) => read(`/proc/${pid}/cmdline`).includes(`\0${execRoot}/containerd/`)))
  for (const pid of pids()) if (shims.has(parentOf(pid))) kill(pid)
  for (const pid of shims) kill(pid)
}
