import type { PublicClient } from "viem"
import { asChainError } from "../chain/chain-error.ts"
import type { BlockTimes } from "./check-ahead.ts"

/** Blocks asked for at a time. */
const AT_ONCE = 20
/** Blocks that a receipt may be ahead of an RPC that lags: such a block's time is that of the newest. */
const LAG = 100n

/**
 * The times of blocks. What a receipt names and the chain does not have is left out.
 * @throws BerthError `rpc`
 */
export async function readTimes({ publicClient }: { readonly publicClient: PublicClient }, blocks: readonly bigint[]): Promise<BlockTimes> {
  const times = new Map<bigint, bigint>()
  if (blocks.length === 0) return times
  try {
    const head = await publicClient.getBlock({ blockTag: "latest" })
    const there = blocks.filter((block) => block <= head.number + LAG)
    for (let i = 0; i < there.length; i += AT_ONCE) {
      const some = there.slice(i, i + AT_ONCE)
      const read = some.map(async (blockNumber) => (blockNumber < head.number ? publicClient.getBlock({ blockNumber }) : head))
      for (const [j, { timestamp }] of (await Promise.all(read)).entries()) times.set(some[j]!, timestamp)
    }
  } catch (error) {
    throw asChainError(error, "reading when receipts were made")
  }
  return times
}
