// Plain JavaScript for any Node >= 20: makes the checkout runnable and goes on under the Node 24 that npm installed.
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { constants } from "node:os"
import { join } from "node:path"
import { countPackages, runShown } from "./bootstrap-progress.mjs"

const root = join(import.meta.dirname, "..")

/**
 * Installs the npm packages of the lock file when they are missing or others than it names, then runs `script` under node_modules' Node and
 * exits with its code. Signals go to the child alone: it cleans up, we wait.
 * @param {string} script path from the repository's root
 * @param {string[]} args
 */
export async function bootstrap(script, args) {
  if (Number(process.versions.node.split(".")[0]) < 20) {
    fail(`Berth needs Node 20 or later to start; this is ${process.version}. Get one from https://nodejs.org or your package manager.`)
  }
  if (stale()) {
    if (args.includes("--no-install")) fail(`The npm packages are not installed. Run: npm ci   (in ${root})`)
    console.log("Installing the npm packages of package-lock.json (npm ci): a minute or two, once.")
    const started = Date.now()
    const failure = await runShown("npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error", "--progress=false"], {
      cwd: root,
      progress: countPackages(root),
    })
    if (failure) fail(`npm ci failed (${failure}). Its own message is above; run it again in ${root} to see all of it.`)
    console.log(`Packages installed in ${Math.round((Date.now() - started) / 1000)} s.`)
  }
  const node = join(root, "node_modules/node/bin", process.platform === "win32" ? "node.exe" : "node")
  const bin = join(root, "node_modules/.bin")
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", join(root, script), ...args], {
    stdio: "inherit",
    env: {
      // Compiled code is kept for the next time: half of a program's start. Whoever it starts has the same.
      NODE_COMPILE_CACHE: join(root, ".berth/compile-cache"),
      ...process.env,
      PATH: `${bin}:${join(root, "node_modules/node/bin")}:${process.env.PATH}`,
    },
  })
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    // A terminal's Ctrl-C reaches the child by itself; what others send to us alone is passed on.
    process.on(signal, () => signal !== "SIGINT" && child.kill(signal))
  }
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)))
}

/** Whether what npm wrote down of its last installation differs from the lock file; times say nothing, git sets them anew. */
function stale() {
  const hidden = join(root, "node_modules/.package-lock.json")
  if (!existsSync(hidden) || !existsSync(join(root, "node_modules/node/bin"))) return true
  const [wanted, there] = [join(root, "package-lock.json"), hidden].map((file) => JSON.parse(readFileSync(file, "utf8")).packages)
  // The last that an installation brings under Node 20: without it one was cut off.
  if (!Object.keys(there).some((path) => path.startsWith("node_modules/@nomicfoundation/edr-"))) return true
  return Object.keys(wanted).some((path) => {
    const { version, integrity, optional } = wanted[path]
    if (!there[path]) return path.includes("node_modules/") && !optional
    return there[path].version !== version || there[path].integrity !== integrity
  })
}

function fail(message) {
  console.error(message)
  process.exit(1)
}
