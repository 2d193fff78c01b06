import type { ChildProcess } from "node:child_process"
import type { Processes } from "./processes.ts"

export const READY_MS = 60_000

/** Waits for a program to print `text`, and no longer than it lives. */
export async function line(name: string, child: ChildProcess, processes: Processes, text: string): Promise<void> {
  let seen = ""
  let found = false
  child.stdout!.on("data", (chunk: Buffer) => {
    if (found) return
    seen = (seen + chunk).slice(-8_192)
    found = seen.includes(text)
  })
  await until(name, child, processes, async () => found || undefined)
}

/** Asks until there is an answer, no longer than the program lives and at most `withinMs`. The error quotes its log. */
export async function until<T>(
  name: string,
  child: ChildProcess,
  processes: Processes,
  probe: () => Promise<T | undefined>,
  withinMs = READY_MS,
): Promise<T> {
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline) {
    const found = await probe()
    if (found !== undefined) return found
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(
        `${name} ended with ${child.signalCode ?? `exit code ${child.exitCode}`}. Its log, ${processes.logFile(name)}, ends:\n${processes.tail(name)}`,
      )
    }
    await new Promise((r) => setTimeout(r, 50))
  }
  throw new Error(`${name} was not ready after ${withinMs / 1000} s. Its log, ${processes.logFile(name)}, ends:\n${processes.tail(name)}`)
}
