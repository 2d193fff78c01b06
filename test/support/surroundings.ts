// What lies around an operator's machine and answers: a LAN, the clouds' metadata services, the Internet. They are in a network namespace of their own.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import { isAlive } from "../../scripts/engine/claims.ts"
import { needProgram, runProgram } from "../../scripts/engine/install.ts"

/** Addresses of others' networks at which something listens. */
const METADATA = ["169.254.169.254", "169.254.170.2", "100.100.100.200"]
/** None that a machine or an engine takes for itself. */
const LAN = ["10.77.0.1", "172.16.77.1", "192.168.77.1"]
/** Once 6to4's anycast range, given back (RFC 7526): public by every registry, and nobody's, so that a test takes nothing from anyone. */
const INTERNET = "192.88.99.130"
const OWN_PUBLIC_SUBNET = { host: "192.88.99.1/30", neighbour: "192.88.99.2" }

const PORT = 80
const ANSWERS = `require("node:http").createServer((_, response) => response.end("REACHED")).listen(${PORT}, "0.0.0.0", () => console.log("up"))`

/**
 * They are reached through the bridges that are named, and by these addresses from there alone: the machine's own metadata service and LAN stay what
 * they are for everybody else. Needs root on Linux, and fails without: a test of walls that finds nothing behind them shows nothing.
 */
export class Surroundings {
  /** `address:port` of what a lease may not reach. */
  readonly forbidden: readonly string[]
  /** ... and of what it may. */
  readonly internet = `${INTERNET}:${PORT}`
  readonly #ip: string
  readonly #server: ChildProcess

  private constructor(ip: string, server: ChildProcess, neighbours: readonly string[]) {
    this.#ip = ip
    this.#server = server
    this.forbidden = [...neighbours, ...METADATA, ...LAN].map((address) => `${address}:${PORT}`)
  }

  static async start(bridges: readonly string[]): Promise<Surroundings> {
    const ip = await needProgram("ip", "iproute2", { install: true, log: () => {} })
    await sweep(ip)
    const run = (line: string) => runProgram(ip, line.split(" "))
    const { space, table, near, far } = namesOf(process.pid)
    const lan = `10.${200 + (process.pid % 50)}.${process.pid % 251}`
    try {
      await run(`netns add ${space}`)
      await run(`link add ${near} type veth peer name ${far} netns ${space}`)
      for (const address of [`${lan}.1/24`, OWN_PUBLIC_SUBNET.host]) await run(`addr add ${address} dev ${near}`)
      await run(`link set ${near} up`)
      acceptFrom(near)
      const beyond = [...METADATA, ...LAN, INTERNET]
      for (const address of [`${lan}.2/24`, `${OWN_PUBLIC_SUBNET.neighbour}/30`, ...beyond.map((one) => `${one}/32`)])
        await run(`-n ${space} addr add ${address} dev ${far}`)
      await run(`-n ${space} link set ${far} up`)
      await run(`-n ${space} route add default via ${lan}.1`)
      for (const address of beyond) await run(`route add ${address}/32 via ${lan}.2 dev ${near} table ${table}`)
      for (const bridge of bridges) await run(`rule add iif ${bridge} pref 20000 lookup ${table}`)
      const server = spawn(ip, ["netns", "exec", space, process.execPath, "-e", ANSWERS], { stdio: ["ignore", "pipe", "inherit"] })
      const ended = once(server, "exit").then(() => Promise.reject(new Error(`Nothing listens in network namespace ${space}`)))
      await Promise.race([once(server.stdout!, "data"), ended])
      ended.catch(() => {})
      return new Surroundings(ip, server, [`${lan}.2`, OWN_PUBLIC_SUBNET.neighbour])
    } catch (error) {
      await clear(ip, process.pid)
      throw error
    }
  }

  async stop(): Promise<void> {
    this.#server.kill("SIGKILL")
    if (this.#server.exitCode === null && this.#server.signalCode === null) await once(this.#server, "exit")
    await clear(this.#ip, process.pid)
  }
}

/** A shell script that tries all doors at once and says of each `OPEN door` or `SHUT door`. */
export function knocking(doors: readonly string[]): string {
  const one = (door: string) => `(nc -w 3 ${door.replace(":", " ")} </dev/null >/dev/null 2>&1 && echo OPEN ${door} || echo SHUT ${door}) &`
  return `${doors.map(one).join("\n")}\nwait\necho DONE`
}

/** What such a script has found, in the doors' own order. */
export function found(word: "OPEN" | "SHUT", said: string): string[] {
  return [...said.matchAll(new RegExp(`^${word} (\\S+)\\r?$`, "gm"))].map((match) => match[1]!).sort()
}

const namesOf = (pid: number) => ({ space: `berth-test-${pid}`, table: 1_000_000 + pid, near: `brtn${pid}`, far: `brtf${pid}` })

/** Answers come from addresses that the machine itself would look for elsewhere, by `rp_filter` the loose way (2) at most; the stricter setting of two holds. */
function acceptFrom(device: string): void {
  const strict = readFileSync("/proc/sys/net/ipv4/conf/all/rp_filter", "utf8").trim() !== "0"
  writeFileSync(`/proc/sys/net/ipv4/conf/${device}/rp_filter`, strict ? "2" : "0")
}

/** Takes away what a process has set up; what is not there needs not go. */
async function clear(ip: string, pid: number): Promise<void> {
  const { space, table } = namesOf(pid)
  const rules = await runProgram(ip, ["rule", "show"])
  for (const [, bridge] of rules.matchAll(new RegExp(`iif (\\S+) .*lookup ${table}\\b`, "g")))
    await runProgram(ip, ["rule", "del", "iif", bridge!, "lookup", String(table)])
  if ((await spacesOf(ip)).includes(pid)) await runProgram(ip, ["netns", "del", space]) // its half of the cable goes, so the other and the routes too
}

async function spacesOf(ip: string): Promise<number[]> {
  return [...(await runProgram(ip, ["netns", "list"])).matchAll(/^berth-test-(\d+)/gm)].map((match) => Number(match[1]))
}

/** What runs have left that were killed. */
async function sweep(ip: string): Promise<void> {
  for (const pid of await spacesOf(ip)) if (!isAlive(pid)) await clear(ip, pid)
}
