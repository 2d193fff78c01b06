import { spawn } from "node:child_process"
import { RunnerError } from "../errors.ts"

/** Of a tree that takes longer nothing new is known. The caller's rests grow with it. */
const WALK_MS = 600_000

/**
 * The sum of places by `du`, in the unit that `what` asks for; null where there is no `du`. Never follows a tenant's links, never leaves the file system.
 * What it complains of is nobody's business: a tenant that renames folders meanwhile makes megabytes of it. At the usual priority: at a low one, tenants
 * that keep all CPUs busy would put off their own measurement.
 * @throws RunnerError `DISK_UNREADABLE` when some place was not walked to its end; `ENGINE_REFUSED` when `du` could not be run
 */
export async function du(what: string, places: readonly string[], signal?: AbortSignal): Promise<number | null> {
  const args = ["--summarize", "--one-file-system", what, "--", ...places]
  const child = spawn("du", args, { stdio: ["ignore", "pipe", "ignore"], timeout: WALK_MS, signal })
  let text = ""
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk
  })
  const cause = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    child.once("error", resolve).once("close", () => resolve(undefined))
  })
  if (cause?.code === "ENOENT") return null
  signal?.throwIfAborted()
  if (cause) throw new RunnerError("ENGINE_REFUSED", `du could not be run: ${cause.message}`, cause)
  // Its exit code says no more than that something went away while it was looked at. A sum is told once a place is walked to its end.
  const sums = text.match(/^\d+(?=\t)/gm) ?? []
  if (sums.length < places.length)
    throw new RunnerError("DISK_UNREADABLE", `du walked ${sums.length} of ${places.length} places to their end`)
  return sums.reduce((sum, line) => sum + Number(line), 0)
}
