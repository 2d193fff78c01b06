import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { networkInterfaces } from "node:os"
import { promisify } from "node:util"
import type Docker from "dockerode"
import { isSilence, sayingOf, statusOf, toRunnerError } from "./engine-errors.ts"
import { INSTANCE_LABEL } from "./hardening.ts"

const run = promisify(execFile)

/** The network that leases of this node get. `name` is `none` where isolation can't be enforced: no network rather than an open one. */
export interface LeaseNetwork {
  readonly name: string
  readonly bridge: string | null
  readonly detail: string
}

/** Every range that is not the public internet (IANA's special-purpose registry): home and company LANs, link-local with the clouds' metadata, CGNAT, test nets, multicast. */
const NOT_PUBLIC = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
]

const short = (instance: string) => createHash("sha256").update(instance).digest("hex").slice(0, 8)
const networkName = (instance: string): string => `berth-${instance}`
const bridgeName = (instance: string): string => `brth${short(instance)}` // an interface's name has at most 15 characters

/** The firewall of one bridge, as `iptables-restore --noflush` reads it. `lan` are the machine's own subnets, public ones too. Pure. */
export function firewallRules(instance: string, lan: readonly string[]): string {
  const forward = `BERTH-F-${short(instance)}`
  const input = `BERTH-I-${short(instance)}`
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

async function iptables(args: readonly string[]): Promise<void> {
  await run("iptables", ["-w", "5", ...args], { timeout: 10_000 })
}

/** Puts a rule first in its chain, once. */
async function ensureFirst(chain: string, rule: readonly string[]): Promise<void> {
  await iptables(["-C", chain, ...rule]).catch(() => iptables(["-I", chain, "1", ...rule]))
}

function restore(rules: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile("iptables-restore", ["-w", "5", "--noflush"], { timeout: 10_000 }, (error) =>
      error ? reject(error) : resolve(),
    )
    child.stdin?.on("error", () => {}) // its exit says why
    child.stdin?.end(rules)
  })
}

async function enforce(instance: string, bridge: string): Promise<void> {
  await restore(firewallRules(instance, ownSubnets(networkInterfaces(), bridge)))
  const chain = await iptables(["-n", "-L", "DOCKER-USER"]).then(
    () => "DOCKER-USER",
    () => "FORWARD", // an engine that is not Docker
  )
  await ensureFirst(chain, ["-i", bridge, "-j", `BERTH-F-${short(instance)}`])
  // Nothing new comes in from the LAN or from a neighbour; ICC off says the same for neighbours, by the engine.
  await ensureFirst(chain, ["-o", bridge, "-m", "conntrack", "!", "--ctstate", "ESTABLISHED,RELATED", "-j", "DROP"])
  await ensureFirst("INPUT", ["-i", bridge, "-j", `BERTH-I-${short(instance)}`])
}

async function ensureBridge(docker: Docker, instance: string, bridge: string): Promise<void> {
  const name = networkName(instance)
  try {
    await docker.getNetwork(name).inspect()
    return
  } catch (error) {
    if (statusOf(error) !== 404) throw error
  }
  const options = { "com.docker.network.bridge.name": bridge, "com.docker.network.bridge.enable_icc": "false" }
  await docker.createNetwork({
    Name: name,
    Driver: "bridge",
    CheckDuplicate: true,
    EnableIPv6: false,
    Options: options,
    Labels: { [INSTANCE_LABEL]: instance },
  })
}

/**
 * One bridge for all leases of this node, made once (a bridge per lease costs about 200 ms at each start): the internet through it, but no
 * neighbour, host, LAN or metadata service. Idempotent: rules that somebody flushed are put back, so call it now and then.
 */
export async function ensureNetwork(docker: Docker, instance: string): Promise<LeaseNetwork> {
  const none = (detail: string): LeaseNetwork => ({ name: "none", bridge: null, detail: `Leases get no network: ${detail}` })
  if (process.platform !== "linux") return none("only on Linux can this node keep them from the LAN")
  if (process.getuid?.() !== 0) return none("firewall rules need root; run the node as root to give leases the internet")
  const bridge = bridgeName(instance)
  try {
    await iptables(["-n", "-L", "INPUT"])
    await ensureBridge(docker, instance, bridge)
    if (!existsSync(`/sys/class/net/${bridge}`))
      return none("the engine runs on another machine (its bridge is not here), where no firewall can be set")
    await enforce(instance, bridge)
  } catch (error) {
    if (isSilence(error)) throw toRunnerError(error, `preparing network ${networkName(instance)}`)
    return none(`the firewall could not be set (${sayingOf(error).trim()})`)
  }
  return { name: networkName(instance), bridge, detail: "Leases reach the internet, but no host, LAN, metadata service or other lease" }
}

/** Takes network and rules away again: for an operator who leaves, and for tests. */
export async function removeNetwork(docker: Docker, instance: string): Promise<void> {
  const bridge = bridgeName(instance)
  await docker
    .getNetwork(networkName(instance))
    .remove()
    .catch((error) => {
      if (statusOf(error) !== 404) throw toRunnerError(error, `removing network ${networkName(instance)}`)
    })
  if (process.platform !== "linux" || process.getuid?.() !== 0) return
  const established = ["-m", "conntrack", "!", "--ctstate", "ESTABLISHED,RELATED", "-j", "DROP"]
  const forward = `BERTH-F-${short(instance)}`
  const input = `BERTH-I-${short(instance)}`
  const rules = [
    ...["DOCKER-USER", "FORWARD"].flatMap((chain) => [
      ["-D", chain, "-i", bridge, "-j", forward],
      ["-D", chain, "-o", bridge, ...established],
    ]),
    ["-D", "INPUT", "-i", bridge, "-j", input],
    ...[forward, input].flatMap((chain) => [
      ["-F", chain],
      ["-X", chain],
    ]),
  ]
  for (const rule of rules) await iptables(rule).catch(() => {}) // not there is what is wanted
}
