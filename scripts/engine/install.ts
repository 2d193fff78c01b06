import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { ticking } from "./ticking.ts"

/** Says one line to whoever ran the program. */
export type Log = (line: string) => void

/** Where a program is, or null. Also looks where daemons live, which an ordinary user's PATH leaves out. */
export function findProgram(name: string): string | null {
  const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin"]
  for (const place of places) {
    const path = join(place, name)
    if (place !== "" && existsSync(path)) return path
  }
  return null
}

/** Runs a program to its end and gives its output; a failure carries the last lines that it said. */
export function runProgram(program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] })
    let out = ""
    let both = ""
    child.stdout.on("data", (data: Buffer) => {
      out += data
      both += data
    })
    child.stderr.on("data", (data: Buffer) => {
      both += data
    })
    child.on("error", reject)
    child.on("close", (code) => {
      if (code === 0) resolve(out)
      else reject(new Error(`${program} ${args.join(" ")} ended with ${code}: ${both.trim().split("\n").slice(-5).join(" | ")}`))
    })
  })
}

/**
 * Makes sure that a program is on this machine. On Debian and its children as root it is installed (after saying so) when `install`
 * is true; everywhere else the error says exactly what to type.
 */
export async function needProgram(name: string, aptPackage: string, options: { install: boolean; log: Log }): Promise<string> {
  const found = findProgram(name)
  if (found !== null) return found
  const command = `apt-get install -y --no-install-recommends ${aptPackage}`
  if (process.platform !== "linux" || findProgram("apt-get") === null)
    throw new Error(
      `${name} is not on this machine. Install the package that holds it (Debian calls it ${aptPackage}), then run this again.`,
    )
  if (process.getuid?.() !== 0) throw new Error(`${name} is not on this machine. Run: sudo ${command}`)
  if (!options.install) throw new Error(`${name} is not on this machine, and installing was not asked for. Run: ${command}`)
  options.log(`${name} is not on this machine: installing Debian's ${aptPackage} (${command})`)
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  await ticking(options.log, "apt-get update", runProgram("apt-get", ["update", "-qq"], env))
  const install = runProgram("apt-get", ["install", "-y", "-qq", "--no-install-recommends", aptPackage], env)
  await ticking(options.log, `apt-get install ${aptPackage}`, install)
  const installed = findProgram(name)
  if (installed === null) throw new Error(`${aptPackage} was installed, yet ${name} is still not there. Look at: dpkg -L ${aptPackage}`)
  return installed
}
