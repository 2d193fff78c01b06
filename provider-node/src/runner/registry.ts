import { lookup } from "node:dns/promises"
import { BlockList, isIPv6 } from "node:net"
import { networkInterfaces } from "node:os"
import { ImageError } from "./errors.ts"

/** Every range that is not the public internet (IANA's special-purpose registry): home and company LANs, link-local with the clouds' metadata, CGNAT, test nets, multicast. */
export const NOT_PUBLIC = [
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
/** Unspecified, loopback and all that embeds an IPv4 address of old; NAT64 with a prefix of one's own; documentation; 6to4; ULA, link- and site-local, multicast. */
const NOT_PUBLIC_6 = ["::/96", "64:ff9b:1::/48", "100::/64", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/9", "ff00::/8"]

/** The host (and port) that an image's name begins with, as the engine reads it; null: Docker Hub. Pure. */
export function registryOf(reference: string): string | null {
  const first = reference.includes("/") ? reference.slice(0, reference.indexOf("/")) : ""
  if (!/[.:]/.test(first) && first !== "localhost") return null
  return /^(index\.)?docker\.io$/.test(first) ? null : first
}

/** Whether the operator lets tenants have images from a registry of their own network: `host` allows all its ports, `host:port` the one. Pure. */
export function isAllowed(registry: string, localRegistries: readonly string[]): boolean {
  return localRegistries.includes(registry) || localRegistries.includes(registry.replace(/:\d*$/, ""))
}

/** Whether an address is of the public internet, and of none of the networks that this machine is in. */
export function isPublic(address: string, interfaces = networkInterfaces()): boolean {
  const list = new BlockList()
  const add = (cidr: string, embedded = "") => {
    const [net, prefix] = cidr.split("/") as [string, string]
    const is6 = isIPv6(net)
    list.addSubnet(embedded + net, Number(prefix) + (embedded ? 96 : 0), embedded || is6 ? "ipv6" : "ipv4")
  }
  for (const range of NOT_PUBLIC) {
    add(range)
    add(range, "64:ff9b::") // what NAT64 makes of it
  }
  for (const range of NOT_PUBLIC_6) add(range)
  for (const { cidr } of Object.values(interfaces).flatMap((of) => of ?? [])) if (cidr) add(cidr.replace(/%[^/]*/, ""))
  return !list.check(address, isIPv6(address) ? "ipv6" : "ipv4")
}

type Lookup = (host: string) => Promise<readonly { readonly address: string }[]>

/**
 * Keeps strangers from having the engine, which is no lease and stands behind no firewall of ours, call the operator's network: a public name
 * may lead anywhere. What the engine resolves a moment later, and where a registry sends it on, is not seen from here.
 */
export class Registries {
  readonly #local: readonly string[]
  readonly #lookup: Lookup
  /** One at a time: names of strangers may take long, and all lookups of this process share two threads. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(local: readonly string[], resolve: Lookup = (host) => lookup(host, { all: true })) {
    this.#local = local
    this.#lookup = resolve
  }

  /** @throws ImageError when the image's registry is, or may be, in a network that is not public and that the operator has not allowed */
  async expectPublic(reference: string): Promise<void> {
    const registry = registryOf(reference)
    if (registry === null || isAllowed(registry, this.#local)) return
    const host = registry.replace(/:\d*$/, "")
    const found = this.#turn.then(() => this.#lookup(host))
    this.#turn = found.catch(() => {}) // whoever asked for it hears of it
    const addresses = await found.catch((error) => {
      throw new ImageError("IMAGE_PULL_FAILED", `${reference} is not pulled: its registry's name can't be resolved (${error.code})`, error)
    })
    const near = addresses.find(({ address }) => !isPublic(address))
    if (near)
      throw new ImageError(
        "IMAGE_PULL_FAILED",
        `${reference} is not pulled: its registry is at ${near.address}, in no public network. If tenants may use it, set localRegistries = ["${registry}"].`,
      )
  }
}
