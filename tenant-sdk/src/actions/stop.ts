import type { Lease } from "../agent/agent.ts"
import { agentOf, type BerthClient } from "../client.ts"

/**
 * Asks a lease's node to stop it. The lease has ended when its state says so.
 * @throws BerthError `no_lease`, `ambiguous`, `unreachable`, `no_agent`
 *
 * @example
 * await stop(client, { lease: "3fa9" })
 */
export function stop(client: BerthClient, options: { readonly lease: string }): Promise<Lease> {
  return agentOf(client).stop(options.lease)
}
