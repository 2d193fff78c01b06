import { standingOrderAllowed } from "@berth/protocol"
import { berthAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import { readTab } from "../chain/tabs.ts"
import type { BerthClient } from "../client.ts"
import type { TabKey } from "./topUp.ts"

/** What a node may claim from a tab by itself, as a cumulative amount: base + min(cap, rate x hours since `from`). Unchangeable. */
export interface StandingOrderTerms {
  /** Credits allowed at once; 0 by default. */
  readonly base?: bigint | undefined
  /** The most that time can add to it, credits. */
  readonly cap: bigint
  /** Credits an hour. */
  readonly rate: bigint
  /** Unix seconds, chain time; the tab's opening by default, and never before it. */
  readonly from?: bigint | undefined
  /** Unix seconds: time after it adds nothing. */
  readonly until: bigint
}

/** A tab's standing order and where it stands; amounts in credits and cumulative over the tab's life. */
export interface StandingOrder extends StandingOrderTerms {
  readonly base: bigint
  readonly from: bigint
  /** What the node could have claimed by now in all. Stops at a close request. */
  readonly allowed: bigint
  /** What the tab has paid in all, by claims and by countersigned receipts. */
  readonly spent: bigint
  /** What a claim would pay at most now: allowed, within the deposit, less what is spent. */
  readonly claimable: bigint
  /** The most that the node can ever claim without a countersignature: allowed at the end, within the deposit, less what is spent. */
  readonly exposure: bigint
}

/**
 * The standing order of a tab; undefined when it opened without one.
 * @throws BerthError `rpc`
 *
 * @example
 * const order = await standingOrder(client, { signer, node })
 * if (order) console.log(`${formatCredits(order.exposure)} are trusted to ${node}`)
 */
export async function standingOrder(client: BerthClient, options: TabKey): Promise<StandingOrder | undefined> {
  const { signer, node } = options
  const contract = { address: client.deployment.berth, abi: berthAbi, args: [signer, node] } as const
  try {
    const [order, allowed, tab] = await Promise.all([
      client.publicClient.readContract({ ...contract, functionName: "standingOrders" }),
      client.publicClient.readContract({ ...contract, functionName: "standingOrderAllows" }),
      readTab(client, options),
    ])
    const { base, cap, rate, from, until } = order
    if (until === 0) return undefined
    const left = (amount: bigint) => {
      const within = amount < tab.deposit ? amount : tab.deposit
      return tab.state === "open" && within > tab.spent ? within - tab.spent : 0n
    }
    const terms = { base, cap, rate, from: BigInt(from), until: BigInt(until) }
    // A close request stops its time: nothing is added to what is allowed now.
    const most = tab.closeRequestedAt > 0 ? allowed : standingOrderAllowed(terms, terms.until)
    return { ...terms, allowed, spent: tab.spent, claimable: left(allowed), exposure: left(most) }
  } catch (error) {
    throw asChainError(error, `reading the standing order of ${signer} to node ${node}`)
  }
}
