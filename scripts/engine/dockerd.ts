import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { accessSync, constants, mkdirSync, openSync, readFileSync, rmSync } from "node:fs"
import { join, resolve } from "node:path"
import { claim, exclusively, isAlive, unclaim } from "./claims.ts"
import type { Log } from "./install.ts"
import { probeEngine } from "./probe.ts"
import { sweep } from "./sweep.ts"
import { ticking } from "./ticking.ts"

export interface DockerdOptions {
  /** Path of the dockerd program. */
  readonly program: string
  /** Images and containers live in `<dataDir>/docker`. */
  readonly dataDir: string
  readonly log: Log
  /** False: no iptables, no networks; for a throw-away engine beside another one. Default true. */
  readonly network?: boolean
  /** More of dockerd's own. */
  readonly args?: readonly string[]
}

/** A dockerd that is ours. */
export interface OwnedDockerd {
  readonly socketPath: string
  readonly pid: number
  /** Ends it and all that it runs, unless another process still uses it. */
  stop(): Promise<void>
}

const READY_MS = 60_000
/** A little more than dockerd gives its containers. */
const STOP_MS = 20_000
const KILL_MS = 10_000

/**
 * Starts a dockerd of our own, or takes over the one that a killed run left behind. Sockets and pid file are in a short directory under
 * /run: a unix socket's path must stay below 108 bytes, and containerd adds 33 to the exec-root's.
 * It has no default bridge (docker0 belongs to the machine's own engine, if any); networks are created by those who need them.
 */
export function startDockerd(options: DockerdOptions): Promise<OwnedDockerd> {
  const dataRoot = join(resolve(options.dataDir), "docker")
  const runDir = shortRunDir(dataRoot)
  const socketPath = join(runDir, "docker.sock")
  const pidFile = join(runDir, "pid")
  const isOurs = (pid: number) => readCommand(pid).includes(`--data-root\0${dataRoot}\0`)

  return exclusively(runDir, async () => {
    mkdirSync(dataRoot, { recursive: true, mode: 0o710 })
    const logFile = join(options.dataDir, "dockerd.log")
    const ready = (pid: number) => ticking(options.log, "dockerd starts", waitReady(pid, socketPath, logFile))
    const start = async () => {
      // dockerd refuses a pid file whose number lives, whoever has it now
      rmSync(pidFile, { force: true })
      rmSync(socketPath, { force: true })
      // The same for containerd, which dies with dockerd but stays a zombie where nobody reaps: it would be waited for in vain.
      const containerd = join(runDir, "exec/containerd/containerd.pid")
      if (!readCommand(readPid(containerd) ?? 0).includes("containerd")) rmSync(containerd, { force: true })
      const pid = launch(options, dataRoot, runDir, socketPath, pidFile)
      try {
        await ready(pid)
      } catch (error) {
        if (!isOurs(pid)) await sweep(join(runDir, "exec"), dataRoot)
        throw error
      }
      return pid
    }
    let pid = readPid(pidFile)
    if (pid !== null && isOurs(pid)) {
      options.log(`Using the dockerd that an earlier run left (pid ${pid})`)
      await ready(pid)
    } else {
      const before = readText(logFile).length
      pid = await start().catch((error) => {
        if (!diedOfNetworks(readText(logFile).slice(before))) throw error
        options.log("dockerd can't read the networks of a run that was cut off: it drops them, and each node makes its own anew")
        rmSync(join(dataRoot, "network"), { recursive: true, force: true })
        return start()
      })
    }
    claim(runDir)
    return { socketPath, pid, stop: () => stop(runDir, dataRoot, pid, isOurs) }
  })
}

/**
 * Docker 20.10 that ends while it removes a network can leave it without its addresses, and then panics on it at every start. Nobody but our
 * nodes has networks in this data root, and no container runs in it before its dockerd does.
 */
const diedOfNetworks = (log: string): boolean => /^panic: /m.test(log) && log.includes("docker/libnetwork.")

function launch(options: DockerdOptions, dataRoot: string, runDir: string, socketPath: string, pidFile: string): number {
  const args = [
    "--data-root",
    dataRoot,
    "--exec-root",
    join(runDir, "exec"),
    "-H",
    `unix://${socketPath}`,
    "--pidfile",
    pidFile,
    "--bridge",
    "none",
    ...(options.args ?? []),
  ]
  if (options.network === false) args.push("--iptables=false", "--ip-forward=false", "--ip-masq=false")
  const log = openSync(join(options.dataDir, "dockerd.log"), "a", 0o600)
  // A session of its own: Ctrl-C in the terminal must reach us first, so that leases end before their engine does.
  const child = spawn(options.program, args, { detached: true, stdio: ["ignore", log, log], cwd: "/" })
  child.unref()
  if (child.pid === undefined) throw new Error(`${options.program} cannot be run`)
  return child.pid
}

async function waitReady(pid: number, socketPath: string, logFile: string): Promise<void> {
  const end = performance.now() + READY_MS
  for (;;) {
    try {
      await probeEngine(socketPath, 2_000)
      return
    } catch (error) {
      const lines = () => readText(logFile).trim().split("\n").slice(-3).join(" | ")
      if (!isAlive(pid)) throw new Error(`dockerd ended before it was ready. Its last words, from ${logFile}: ${lines()}`, { cause: error })
      if (performance.now() > end)
        throw new Error(`dockerd (pid ${pid}) was not ready after ${READY_MS / 1000} s; see ${logFile}: ${lines()}`)
    }
    await new Promise((done) => setTimeout(done, 50))
  }
}

function stop(runDir: string, dataRoot: string, pid: number, isOurs: (pid: number) => boolean): Promise<void> {
  return exclusively(runDir, async () => {
    if (!unclaim(runDir)) return
    if (isOurs(pid)) process.kill(pid, "SIGTERM") // stops its containers and its containerd
    const began = performance.now()
    for (let killed = false; isOurs(pid); ) {
      const elapsed = performance.now() - began
      if (elapsed > STOP_MS + KILL_MS) throw new Error(unkillable(pid, dataRoot))
      // A hanging one is killed; what it leaves behind is swept as after any kill -9.
      if (elapsed > STOP_MS && !killed) process.kill(pid, "SIGKILL")
      killed = elapsed > STOP_MS
      await new Promise((done) => setTimeout(done, 50))
    }
    await sweep(join(runDir, "exec"), dataRoot)
  })
}

/** A process that SIGKILL does not end waits in the kernel, which nothing from here can end. */
function unkillable(pid: number, dataRoot: string): string {
  return (
    `dockerd (pid ${pid}) did not even end of SIGKILL within ${KILL_MS / 1_000} s: it hangs in the kernel, most often on a mount or a disk. ` +
    `Look at dmesg and at the disk that holds ${dataRoot}; if the process stays, restart the machine.`
  )
}

function shortRunDir(dataRoot: string): string {
  const name = `berth-${createHash("sha256").update(dataRoot).digest("hex").slice(0, 8)}`
  for (const base of ["/run", "/tmp"]) {
    try {
      accessSync(base, constants.W_OK)
      return join(base, name)
    } catch {}
  }
  throw new Error("Neither /run nor /tmp can be written: dockerd needs one of them for its sockets")
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}

const readPid = (path: string): number | null => Number(readText(path)) || null

/** The command line of a process, its words separated by NUL; empty when it is gone or a zombie. */
const readCommand = (pid: number): string => readText(`/proc/${pid}/cmdline`)
