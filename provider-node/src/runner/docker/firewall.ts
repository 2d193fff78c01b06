import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { networkInterfaces } from "node:os"
import { promisify } from "node:util"
import { NOT_PUBLIC } from "../registry.ts"

const run = promisify(execFile)

/** Short enough for the name of an interface (15 characters) or a chain. */
const short = (instance: string) => createHash("sha256").update(instance).digest("hex").slice(0, 8)
export const bridgeName = (instance: string): string => `brth${short(instance)}`
const chainsOf = (instance: string) => ({ forward: `BERTH-F-${short(instance)}`, input: `BERTH-I-${short(instance)}` })
/** Nothing new comes in from the LAN or from a neighbour; ICC off says the same for neighbours, by the engine. */
const ANSWERS_ONLY = ["-m", "conntrack", "!", "--ctstate", "ESTABLISHED,RELATED", "-j", "DROP"]

/** The firewall of one bridge, as `iptables-restore --noflush` reads it. `lan` are the machine's own subnets, public ones too. Pure. */
export function firewallRules(instance: string, lan: readonly string[]): string {
  const { forward, input } = chainsOf(instance)
  const drops = [...new Set([...NOT_PUBLIC, ...lan])].map((range) => `-A ${forward} -d ${range} -j DROP`)
  return [
    "*filter",
    `:${forward} - [0:0]`,
    `:${input} - [0:0]`,
    ...drops,
    `-A ${forward} -j RETURN`,
    // The host may call a lease (tunnels), a lease may only answer.
    `-A ${input} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`,
    `-A ${input} -j DROP`,
    "COMMIT",
    "",
  ].join("\n")
}

/** Subnets that this machine's interfaces are in, the bridge's own aside. */
export function ownSubnets(interfaces = networkInterfaces(), bridge?: string): string[] {
  return Object.entries(interfaces).flatMap(([name, addresses]) =>
    name === bridge
      ? []
      : (addresses ?? []).filter((address) => address.family === "IPv4" && address.cidr !== null).map((address) => address.cidr!),
  )
}

/** One call of iptables, which waits for others to be done. */
export async function iptables(args: readonly string[]): Promise<void> {
  await run("iptables", ["-w", "10", ...args], { timeout: 20_000 })
}

/** Puts a rule first in its chain, once. */
async function ensureFirst(chain: string, rule: readonly string[]): Promise<void> {
  await iptables(["-C", chain, ...rule]).catch(() => iptables(["-I", chain, "1", ...rule]))
}

function restore(rules: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile("iptables-restore", ["-w", "10", "--noflush"], { timeout: 20_000 }, (error) =>
      error ? reject(error) : resolve(),
    )
    child.stdin?.on("error", () => {}) // its exit says why
    child.stdin?.end(rules)
  })
}

/** Sets the rules of an instance's bridge, or sets them again. */
export async function putUpFirewall(instance: string): Promise<void> {
  const bridge = bridgeName(instance)
  const { forward, input } = chainsOf(instance)
  await restore(firewallRules(instance, ownSubnets(networkInterfaces(), bridge)))
  const chain = await iptables(["-n", "-L", "DOCKER-USER"]).then(
    () => "DOCKER-USER",
    () => "FORWARD", // an engine that is not Docker
  )
  await ensureFirst(chain, ["-i", bridge, "-j", forward])
  await ensureFirst(chain, ["-o", bridge, ...ANSWERS_ONLY])
  await ensureFirst("INPUT", ["-i", bridge, "-j", input])
}

/** What takes the rules of one instance out of a saved table, as `iptables-restore --noflush` reads it; null: there are none. Pure. */
export function firewallRemoval(saved: string, instance: string): string | null {
  const bridge = bridgeName(instance)
  const chains = Object.values(chainsOf(instance))
  const lines = saved.split("\n")
  const isOurs = (rule: string) =>
    chains.some((chain) => rule.endsWith(` -j ${chain}`)) || (rule.includes(` -o ${bridge} `) && / ! --ctstate .* -j DROP$/.test(rule))
  const jumps = lines.filter((line) => line.startsWith("-A ") && isOurs(line)).map((line) => line.replace("-A", "-D"))
  const there = chains.filter((chain) => lines.some((line) => line.startsWith(`:${chain} `)))
  if (jumps.length + there.length === 0) return null
  return ["*filter", ...jumps, ...there.map((chain) => `-F ${chain}`), ...there.map((chain) => `-X ${chain}`), "COMMIT", ""].join("\n")
}

/** Takes the rules of an instance away. None there, or no iptables and hence none, is what is wanted. */
export async function takeDownFirewall(instance: string): Promise<void> {
  const removal = await removalNow(instance)
  if (removal === null) return
  await restore(removal).catch(async (error) => {
    if ((await removalNow(instance)) !== null) throw error // else somebody else took them away meanwhile
  })
}

async function removalNow(instance: string): Promise<string | null> {
  try {
    const { stdout } = await run("iptables-save", ["-t", "filter"], { timeout: 10_000, maxBuffer: 64 * 2 ** 20 })
    return firewallRemoval(stdout, instance)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null
    throw error
  }
}
