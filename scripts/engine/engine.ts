import { existsSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { startDockerd } from "./dockerd.ts"
import { findProgram, type Log, needProgram } from "./install.ts"
import { probeEngine } from "./probe.ts"

export interface FindEngineOptions {
  /** May install Debian's docker.io when there is no engine at all and we are root. False: only say what to do. */
  readonly install: boolean
  /** Where an engine of our own keeps images and containers. */
  readonly dataDir: string
  readonly log: Log
}

/** A container engine that answered. */
export interface Engine {
  readonly socketPath: string
  readonly name: string
  readonly version: string
  /** Set when the engine is a dockerd that we started. */
  readonly ownedPid?: number
  /** Stops an engine of our own and leaves any other alone. */
  stop(): Promise<void>
}

/**
 * Finds a working container engine: `DOCKER_HOST`, else the usual sockets of Docker, Docker Desktop, Colima and Podman, else (Linux, root) a
 * dockerd of our own under `dataDir`.
 *
 * @example
 * const engine = await findEngine({ install: true, dataDir: ".berth/engine", log: console.log })
 * // ... engine.socketPath
 * await engine.stop()
 */
export async function findEngine(options: FindEngineOptions): Promise<Engine> {
  const asked = process.env.DOCKER_HOST
  if (asked) return useAsked(asked)
  for (const socketPath of usualSockets()) {
    if (!existsSync(socketPath)) continue
    try {
      const { name, version } = await probeEngine(socketPath)
      return { socketPath, name, version, stop: async () => {} }
    } catch (error) {
      options.log(`${socketPath} is there but does not answer (${(error as Error).message}); looking further`)
    }
  }
  return startOwn(options)
}

async function useAsked(host: string): Promise<Engine> {
  if (!host.startsWith("unix://"))
    throw new Error(`DOCKER_HOST=${host}: only unix:// engines are used here. Unset it, or forward that engine to a local socket.`)
  const socketPath = host.slice("unix://".length)
  try {
    const { name, version } = await probeEngine(socketPath)
    return { socketPath, name, version, stop: async () => {} }
  } catch (error) {
    throw new Error(`DOCKER_HOST=${host} does not answer (${(error as Error).message}). Start that engine, or unset DOCKER_HOST.`, {
      cause: error,
    })
  }
}

function usualSockets(): string[] {
  const home = homedir()
  const runtime = process.env.XDG_RUNTIME_DIR
  return [
    "/var/run/docker.sock",
    join(home, ".docker/run/docker.sock"),
    join(home, ".docker/desktop/docker.sock"),
    join(home, ".colima/default/docker.sock"),
    ...(runtime ? [join(runtime, "podman/podman.sock")] : []),
    "/run/podman/podman.sock",
  ]
}

async function startOwn(options: FindEngineOptions): Promise<Engine> {
  if (process.platform === "darwin")
    throw new Error(
      "No container engine answers. Install and start Docker Desktop (https://docs.docker.com/desktop) or `brew install colima docker && colima start`.",
    )
  if (process.platform !== "linux")
    throw new Error("No container engine answers. Install Docker Desktop with WSL 2 and run this inside the WSL distribution.")
  if (process.getuid?.() !== 0) {
    const how = findProgram("dockerd")
      ? "Start it (`sudo systemctl start docker`) and join its group (`sudo usermod -aG docker $USER`, then log in again)"
      : "Install one (`sudo apt-get install docker.io`, or `podman` with `systemctl --user start podman.socket`)"
    throw new Error(`No container engine answers, and only root may start one. ${how}, then run this again.`)
  }
  const program = await needProgram("dockerd", "docker.io", options)
  const own = await startDockerd({ program, dataDir: options.dataDir, log: options.log })
  const { name, version } = await probeEngine(own.socketPath)
  return { socketPath: own.socketPath, name, version, ownedPid: own.pid, stop: own.stop }
}
