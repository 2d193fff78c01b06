import type { LogChunk, LogOptions } from "../agent/agent.ts"
import { agentOf, type BerthClient } from "../client.ts"

/**
 * A lease's output. With `follow` it ends when the lease has ended, and survives a broken line.
 * @throws BerthError `no_lease`, `ambiguous`, `unreachable`, `no_agent`
 *
 * @example
 * for await (const { stream, data } of logs(client, { lease, follow: true })) process[stream].write(data)
 */
export function logs(client: BerthClient, options: LogOptions & { readonly lease: string }): AsyncIterable<LogChunk> {
  const { lease, ...rest } = options
  return agentOf(client).logs(lease, rest)
}
