import type { Bill } from "../bill/bill.ts"
import { agentOf, type BerthClient } from "../client.ts"

/**
 * What was used, by day and lease, from the agent's books, with what the chain has settled.
 * @throws BerthError `rpc`, `no_agent`
 *
 * @example
 * const { lines, total } = await bill(client)
 */
export function bill(client: BerthClient, options: { readonly day?: number } = {}): Promise<Bill> {
  return agentOf(client).bill(options)
}
