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

/** Whether `needProgram` would install what is missing. */
export function canInstall({ install }: { install: boolean }): boolean {
  return install && process.getuid?.() === 0 && findProgram("apt-get") !== null
}

/** That a program is missing, and what to type. */
export function howToGet(name: string, aptPackage: string, { install }: { install: boolean }): string {
  const missing = `${name} is not on this machine`
  if (process.platform !== "linux" || findProgram("apt-get") === null)
    return `${missing}. Install the package that holds it (Debian calls it ${aptPackage}), then run this again.`
  if (process.getuid?.() !== 0) return `${missing}. Run: sudo ${installCommand(aptPackage)}`
  return `${missing}${install ? "" : ", and installing was not asked for"}. Run: ${installCommand(aptPackage)}`
}

const installCommand = (aptPackage: string) => `apt-get install -y --no-install-recommends ${aptPackage}`

/**
 * Makes sure that a program is on this machine. On Debian and its children as root it is installed (after saying so) when `install`
 * is true; everywhere else the error says exactly what to type.
 */
export async function needProgram(name: string, aptPackage: string, options: { install: boolean; log: Log }): Promise<string> {
  const found = findProgram(name)
  if (found !== null) return found
  if (!canInstall(options)) throw new Error(howToGet(name, aptPackage, options))
  options.log(`${name} is not on this machine: installing Debian's ${aptPackage} (${installCommand(aptPackage)})`)
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  await ticking(options.log, "apt-get update", runProgram("apt-get", ["update", "-qq"], env))
  const install = runProgram("apt-get", ["install", "-y", "-qq", "--no-install-recommends", aptPackage], env)
  await ticking(options.log, `apt-get install ${aptPackage}`, install)
  const installed = findProgram(name)
  if (installed === null) throw new Error(`${aptPackage} was installed, yet ${name} is still not there. Look at: dpkg -L ${aptPackage}`)
  return installed
}
