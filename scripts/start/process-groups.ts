import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"

/** A process as found again after we were killed: a pid alone may have been given to somebody else since. */
export interface ProcessMark {
  readonly pid: number
  readonly started: string
}

/** Whether it lives, or what it started in its group does: the system gives nobody a pid that is still a group's. */
export function isLeft({ pid, started }: ProcessMark): boolean {
  const now = startTime(pid)
  return now === started || (now === undefined && hasMembers(pid))
}

function hasMembers(group: number): boolean {
  if (process.platform === "linux") return readdirSync("/proc").some((name) => /^\d+$/.test(name) && isMember(name, group))
  const lines = execFileSync("ps", ["-A", "-o", "pgid=,stat="], { encoding: "utf8" }).split("\n")
  return lines.some((line) => Number.parseInt(line, 10) === group && !/ Z/.test(line))
}

function isMember(pid: string, group: number): boolean {
  const [state, , pgrp] = statOf(pid) ?? []
  return pgrp === `${group}` && state !== "Z"
}

/** The fields of /proc/PID/stat from the state on; undefined when there is no such process. */
function statOf(pid: number | string): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  } catch {
    return undefined
  }
}

/** When a process started, in the system's own words; undefined when there is none (or only its zombie). */
export function startTime(pid: number): string | undefined {
  if (process.platform === "linux") {
    const fields = statOf(pid)
    return fields?.[0] === "Z" ? undefined : fields?.[19]
  }
  try {
    const said = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
    return said.trim() || undefined
  } catch {
    return undefined
  }
}

/** Programs are leaders of their groups; one that somebody else started may not be. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  for (const target of [-pid, pid]) {
    try {
      process.kill(target, signal)
      return
    } catch {
      // No such group: try the process alone; no such process: it has ended.
    }
  }
}
