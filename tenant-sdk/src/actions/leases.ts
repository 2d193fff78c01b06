import type { Lease } from "../agent/agent.ts"
import { agentOf, type BerthClient } from "../client.ts"

/**
 * The tenant's leases: those that have not ended, or all.
 * @throws BerthError `no_agent`
 *
 * @example
 * for (const { leaseId, state, amount } of await leases(client, { all: true })) console.log(leaseId, state, amount)
 */
export function leases(client: BerthClient, options: { readonly all?: boolean } = {}): Promise<Lease[]> {
  return agentOf(client).leases(options)
}
