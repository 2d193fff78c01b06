import type { Address } from "@berth/protocol"
import type { TabKey } from "../actions/topUp.ts"
import type { BerthClient } from "../client.ts"
import { berthAbi } from "./abi.ts"
import { asChainError } from "./chain-error.ts"
import { readEvents } from "./events.ts"

/** A tab as the contract holds it. */
export interface ChainTab {
  readonly tenant: Address
  /** Credits. */
  readonly deposit: bigint
  readonly spent: bigint
  /** Unix seconds; 0 when no close is requested. */
  readonly closeRequestedAt: number
  readonly feeBps: number
  readonly state: "none" | "open" | "closed"
}

const STATES = ["none", "open", "closed"] as const

export async function readTab(client: BerthClient, key: TabKey): Promise<ChainTab> {
  try {
    const tab = await client.publicClient.readContract({
      address: client.deployment.berth,
      abi: berthAbi,
      functionName: "tabs",
      args: [key.signer, key.node],
    })
    return { ...tab, closeRequestedAt: Number(tab.closeRequestedAt), state: STATES[tab.state] ?? "none" }
  } catch (error) {
    throw asChainError(error, `reading the tab of ${key.signer} with node ${key.node}`)
  }
}

/** Every tab that a tenant ever opened, from events. */
export async function listTabs(client: BerthClient, tenant: Address): Promise<TabKey[]> {
  const query = { address: client.deployment.berth, abi: berthAbi, eventName: "TabOpened", args: { tenant } } as const
  const logs = await readEvents(client, query, `reading the tabs of ${tenant}`)
  return logs.map(({ args }) => ({ signer: args.signer, node: args.node }))
}
