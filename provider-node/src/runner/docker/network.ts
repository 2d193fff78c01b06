import { execFile } from "node:child_process"
import { existsSync, readdirSync } from "node:fs"
import { promisify } from "node:util"
import type Docker from "dockerode"
import { RunnerError } from "../errors.ts"
import { isSilence, sayingOf, statusOf, toRunnerError } from "./engine-errors.ts"
import { bridgeName, iptables, putUpFirewall, takeDownFirewall } from "./firewall.ts"
import { INSTANCE_LABEL } from "./hardening.ts"

/** The network that leases of this node get. `name` is `none` where isolation can't be enforced: no network rather than an open one. */
export interface LeaseNetwork {
  readonly name: string
  readonly bridge: string | null
  readonly detail: string
}

const networkName = (instance: string): string => `berth-${instance}`

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
    await putUpFirewall(instance)
  } catch (error) {
    if (isSilence(error)) throw toRunnerError(error, `preparing network ${networkName(instance)}`)
    return none(`the firewall could not be set (${sayingOf(error).trim()})`)
  }
  return { name: networkName(instance), bridge, detail: "Leases reach the internet, but no host, LAN, metadata service or other lease" }
}

/**
 * Takes network and rules away again. Idempotent, and only what is this instance's.
 * @throws RunnerError when a container still uses the network; its rules then stay
 */
export async function removeNetwork(docker: Docker, instance: string): Promise<void> {
  const name = networkName(instance)
  await docker
    .getNetwork(name)
    .remove()
    .catch((error) => {
      if (statusOf(error) !== 404) throw toRunnerError(error, `removing network ${name}`)
    })
  if (process.platform !== "linux" || process.getuid?.() !== 0) return
  await takeDownFirewall(instance)
  await removeBridge(bridgeName(instance))
}

/** An engine that has lost its data knows no network any more, while its bridge is still there and keeps its addresses from others. */
async function removeBridge(bridge: string): Promise<void> {
  const ports = `/sys/class/net/${bridge}/brif`
  if (!existsSync(ports) || readdirSync(ports).length > 0) return
  await promisify(execFile)("ip", ["link", "delete", bridge]).catch((error) => {
    if (existsSync(ports))
      throw new RunnerError("ENGINE_REFUSED", `Bridge ${bridge}, which no network of the engine uses, can't be removed: ${error.message}`)
  })
}
