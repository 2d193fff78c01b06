import type { NodeInfo } from "../chain/directory.ts"
import { asBerthError, BerthError } from "../errors.ts"

/** How long nodes are waited for, and who is told of those that gave no answer. */
export interface AskNodesOptions {
  /** How long slow nodes are waited for while others have answered, milliseconds. */
  readonly slowMs: number
  /** How long the first answer is waited for, milliseconds. */
  readonly firstMs: number
  readonly signal?: AbortSignal | undefined
  /** Told of each node that gave no answer, and why. */
  readonly onRefused?: ((node: NodeInfo, error: BerthError) => void) | undefined
}

/**
 * Asks nodes all at once. A slow one costs those that wait for it a little; but with no answer at all nothing is won by not waiting longer.
 * @returns the answers, in the nodes' order
 * @throws BerthError `cancelled`
 */
export async function askNodes<T>(
  nodes: readonly NodeInfo[],
  ask: (node: NodeInfo, signal: AbortSignal) => Promise<T>,
  { slowMs, firstMs, signal, onRefused }: AskNodesOptions,
): Promise<T[]> {
  const limit = new AbortController()
  let [answered, slow] = [false, false]
  const slowTimer = setTimeout(() => {
    slow = true
    if (answered) limit.abort()
  }, slowMs)
  const firstTimer = setTimeout(() => limit.abort(), Math.max(slowMs, firstMs))
  const either = signal ? AbortSignal.any([limit.signal, signal]) : limit.signal
  const answers = await Promise.all(
    nodes.map(async (node) => {
      try {
        const answer = await ask(node, either)
        answered = true
        if (slow) limit.abort()
        return [answer]
      } catch (error) {
        const late = limit.signal.aborted && new BerthError("timeout", `node ${node.node} did not quote in time`)
        onRefused?.(node, late || asBerthError(error))
        return []
      }
    }),
  )
  clearTimeout(slowTimer)
  clearTimeout(firstTimer)
  if (signal?.aborted) throw new BerthError("cancelled", "asking for quotes was cancelled")
  return answers.flat() as T[]
}
