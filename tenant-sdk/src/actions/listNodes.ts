import type { Tier } from "@berth/protocol"
import type { NodeInfo } from "../chain/directory.ts"
import type { BerthClient } from "../client.ts"

/** Which nodes: those that meet all of it; without any of it, all that are not retired. */
export interface ListNodesOptions {
  /** Only nodes that offer this class, such as `nvidia/rtx-4090` or `cpu/x86-64`. */
  readonly class?: string
  /** ISO 3166 code, or code and city: `DE` takes `DE/Berlin` too. */
  readonly region?: string
  readonly tier?: Tier
}

/**
 * Registered nodes, read from the chain's events; read once by a client and then only what is new. Prices here are advertised: the
 * binding one is in a quote.
 * @throws BerthError `rpc`
 *
 * @example
 * const nodes = await listNodes(client, { class: "nvidia/rtx-4090", region: "DE" })
 */
export async function listNodes(client: BerthClient, options: ListNodesOptions = {}): Promise<NodeInfo[]> {
  await client.directory.refresh(client.publicClient, client.deployment)
  return client.directory.list().filter((node) => {
    if (options.class && !node.offers.some((o) => o.class === options.class)) return false
    if (options.tier && node.tier !== options.tier) return false
    return !options.region || inRegion(node.region, options.region)
  })
}

/** Whether `region` lies in `wanted`: a country holds its cities. */
export function inRegion(region: string, wanted: string): boolean {
  return region.toLowerCase() === wanted.toLowerCase() || region.toLowerCase().startsWith(`${wanted.toLowerCase()}/`)
}
