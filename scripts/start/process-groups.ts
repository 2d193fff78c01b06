import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"

/** A process as found again after we were killed: a pid alone may have been given to somebody else since. */
export interface ProcessMark {
  readonly pid: number
  /** As of {@link startTime}. */
  readonly started: string
  /** Pids and starts are counted from anew at each boot of the system, or of the container that we are in. */
  readonly boot: string
}

export function markOf(pid: number): ProcessMark {
  return { pid, started: startTime(pid) ?? "", boot: bootOf() }
}

/** Whether it lives, or what it started in its group does: the system gives nobody a pid that is still a group's. */
export function isLeft({ pid, started, boot }: ProcessMark): boolean {
  if (boot !== bootOf()) return false
  const now = startTime(pid)
  return now === undefined ? hasMembers(pid, Number(started)) : now === started
}

/** Empty where only the start time, a date there, tells boots apart. */
function bootOf(): string {
  if (process.platform !== "linux") return ""
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${startTime(1)}`
}

/** @param since the leader's start, where it is a number: what is older was never started by it */
function hasMembers(group: number, since: number): boolean {
  if (process.platform === "linux") return readdirSync("/proc").some((name) => /^\d+$/.test(name) && isMember(name, group, since))
  const lines = execFileSync("ps", ["-A", "-o", "pgid=,stat="], { encoding: "utf8" }).split("\n")
  return lines.some((line) => Number.parseInt(line, 10) === group && !/ Z/.test(line))
}

function isMember(pid: string, group: number, since: number): boolean {
  const fields = statOf(pid) ?? []
  const [state, , pgrp] = fields
  return pgrp === `${group}` && state !== "Z" && Number(fields[STARTED]) >= since
}

/** Where the start is among {@link statOf}'s fields, in clock ticks since the boot. */
const STARTED = 19

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
function startTime(pid: number): string | undefined {
  if (process.platform === "linux") {
    const fields = statOf(pid)
    return fields?.[0] === "Z" ? undefined : fields?.[STARTED]
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
