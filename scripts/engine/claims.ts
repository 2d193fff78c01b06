import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** Whether a process lives (one that we may not signal lives too). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Says that this process uses what lives in `directory`. Several runs may share one engine; the last to leave stops it. */
export function claim(directory: string): void {
  mkdirSync(join(directory, "users"), { recursive: true })
  writeFileSync(join(directory, "users", String(process.pid)), "")
}

/** Takes the claim back, forgets those of dead processes, and says whether nobody is left. */
export function unclaim(directory: string): boolean {
  const users = join(directory, "users")
  rmSync(join(users, String(process.pid)), { force: true })
  for (const name of readdirSync(users)) if (!isAlive(Number(name))) rmSync(join(users, name), { force: true })
  return readdirSync(users).length === 0
}

/** Runs `work` while no other process does so in `directory`. A lock whose owner was killed is taken over. */
export async function exclusively<T>(directory: string, work: () => Promise<T>, limitMs = 120_000): Promise<T> {
  mkdirSync(directory, { recursive: true })
  const lock = join(directory, "lock")
  const end = performance.now() + limitMs
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    }
    const owner = readOwner(lock)
    if (owner !== null && !isAlive(owner)) rmSync(lock, { force: true })
    else if (performance.now() > end) throw new Error(`Process ${owner} holds ${lock} for too long. End it, or delete the file.`)
    else await new Promise((resolve) => setTimeout(resolve, 100))
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

function readOwner(lock: string): number | null {
  try {
    return Number(readFileSync(lock, "utf8")) || null
  } catch {
    return null // released in between
  }
}
