import type { Lease, RunOptions, RunProgress } from "../agent/agent.ts"
import { agentOf, type BerthClient } from "../client.ts"

/**
 * Runs a container on the best node for the tenant's preference: asks all for quotes, opens or tops up a tab with the one chosen, opens the
 * lease. Returns when the node has accepted; follow it with `client.agent.watch` and `logs`. Sent again with the same `id` it gives the same
 * lease.
 * @throws BerthError `no_quote`, `insufficient_credits`, `no_wallet`, `no_agent`, or the node's own code (`image_not_found`, `bad_spec`, ...)
 *
 * @example
 * const lease = await run(client, { image: "python:3.13-slim", class: "cpu/x86-64", command: ["python", "-c", "print(6 * 7)"] })
 * for await (const { data } of logs(client, { lease: lease.leaseId, follow: true })) process.stdout.write(data)
 */
export function run(
  client: BerthClient,
  options: RunOptions & { onProgress?: (progress: RunProgress) => void; signal?: AbortSignal },
): Promise<Lease> {
  const { onProgress, signal, ...rest } = options
  return agentOf(client).run(rest, { ...(onProgress && { onProgress }), ...(signal && { signal }) })
}
