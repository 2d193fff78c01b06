import { execFile } from "node:child_process"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { connect } from "node:net"
import { promisify } from "node:util"
import { callEngine } from "../../scripts/engine/api.ts"
import { places } from "../../scripts/start/places.ts"

/** A process that npm start wrote down, to find it after a kill -9. */
export interface Mark {
  readonly name: string
  readonly pid: number
}

export const processFile = `${places().state}-processes/processes.json`
export const marks = (): Mark[] => JSON.parse(readFileSync(processFile, "utf8"))

/** /proc/PID/stat; empty once there is no such process. */
const statOf = (pid: number | string): string => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
  } catch {
    return ""
  }
}
/** Processes of a group, its leader dead or not, as `pid (name)`. */
export const groupOf = (pid: number): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => new RegExp(`\\) [^Z] \\d+ ${pid} `).test(stat))
    .map((stat) => stat.slice(0, stat.indexOf(")") + 1))
/** Command lines in which a word stands. */
export const commandsWith = (word: string): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(commandOf)
    .filter((command) => command.includes(word))
const commandOf = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
  } catch {
    return ""
  }
}
export const isAlive = (pid: number): boolean => /\) [^Z] /.test(statOf(pid))

interface Listed {
  readonly Name?: string
  readonly Names?: readonly string[]
  readonly Labels: Readonly<Record<string, string>> | null
  readonly Options?: Readonly<Record<string, string>>
}

/** What an engine holds of this checkout's markets, by their nodes' instance labels, and where the machine shows it. */
export interface InEngine {
  readonly containers: readonly string[]
  readonly volumes: readonly string[]
  readonly networks: readonly string[]
  readonly bridges: readonly string[]
}

export async function inEngine(): Promise<InEngine> {
  const socketPath = process.env.DOCKER_HOST!.replace("unix://", "")
  const list = async <T>(path: string) => JSON.parse(await callEngine({ socketPath, path })) as T
  const isOurs = ({ Labels }: Listed) => Labels?.["berth.instance"]?.startsWith(`${places().label}-`) ?? false
  const containers = (await list<Listed[]>("/containers/json?all=1")).filter(isOurs)
  const volumes = ((await list<{ Volumes: Listed[] | null }>("/volumes")).Volumes ?? []).filter(isOurs)
  const networks = (await list<Listed[]>("/networks")).filter(isOurs)
  return {
    containers: containers.map((c) => c.Names!.join()),
    volumes: volumes.map((v) => v.Name!),
    networks: networks.map((n) => n.Name!),
    bridges: networks.flatMap((n) => n.Options?.["com.docker.network.bridge.name"] ?? []).filter(hasBridge),
  }
}

export const hasBridge = (name: string): boolean => existsSync(`/sys/class/net/${name}`)

/** Lines of the firewall that speak of a bridge, or of a node's chains for it. */
export async function rulesOf(bridges: readonly string[]): Promise<string[]> {
  if (bridges.length === 0) return []
  const words = bridges.flatMap((bridge) => [bridge, bridge.replace("brth", "BERTH-F-"), bridge.replace("brth", "BERTH-I-")])
  const { stdout } = await promisify(execFile)("iptables-save", { maxBuffer: 64 * 2 ** 20 })
  return stdout.split("\n").filter((line) => words.some((word) => line.includes(word)))
}

/** Those of the ports of 127.0.0.1 that answer. */
export async function openPorts(ports: readonly number[]): Promise<number[]> {
  const answers = (port: number) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.destroy())
      socket.on("error", () => {}).on("close", (failed) => resolve(!failed))
    })
  const open = await Promise.all(ports.map(answers))
  return ports.filter((_, i) => open[i])
}
