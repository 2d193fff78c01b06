import type { Bundle } from "@berth/protocol"
import { agentOf, type BerthClient } from "../client.ts"

/**
 * The bill as a bundle that anybody can recompute with the chain alone: see `audit`. `stringifyBundle` of @berth/protocol writes it.
 * @throws BerthError `no_agent`
 *
 * @example
 * writeFileSync("bill.json", stringifyBundle(await exportBundle(client)))
 */
export function exportBundle(client: BerthClient, options: { readonly day?: number } = {}): Promise<Bundle> {
  return agentOf(client).exportBundle(options)
}
