import { type Address, type Bundle, type BundleTab, bytesToHex, type Deployment, standingOrderAllowed, tabId } from "@berth/protocol"
import type { PublicClient } from "viem"
import { berthAbi, computeRecordsAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import { eachEvents, readEvents } from "../chain/events.ts"
import { readClosePayments, readFirstOpening, readSettlements } from "../chain/settlements.ts"
import { type AnchoredReceipt, receiptsOf } from "./anchored.ts"
import type { ChainFacts } from "./check-chain.ts"

/** A chain, and all of a deployment that an audit reads. */
export interface FactsSource {
  readonly publicClient: PublicClient
  readonly deployment: Pick<Deployment, "chainId" | "berth" | "computeRecords" | "startBlock">
}

type Key = Pick<BundleTab, "signer" | "node">

/**
 * What the chain says of a bundle's tabs, in their order. Nothing is asked for that they can't have: nothing is settled or closed before the first of them was
 * opened, and no anchor counts but those of recorders that their nodes named.
 * @throws BerthError `rpc`
 */
export async function readFacts(bundle: Bundle, source: FactsSource): Promise<ChainFacts[]> {
  const signers = bundle.tabs.map((t) => t.signer)
  const opened = await readFirstOpening(source, signers)
  const settlements = await readSettlements(source, signers, opened)
  const closes = await readClosePayments(source, signers, opened)
  const recorders = new Map<Address, ReadonlySet<Address>>()
  for (const { node } of bundle.tabs) if (!recorders.has(node)) recorders.set(node, await readRecorders(node, source))
  const anchored = await readAnchored(bundle, source, {
    recorders: [...new Set([...recorders.values()].flatMap((named) => [...named]))],
    fromBlock: earliest(bundle, opened),
  })
  return Promise.all(
    bundle.tabs.map(async (tab): Promise<ChainFacts> => {
      const isOfTab = (at: Key) => at.signer === tab.signer && at.node === tab.node
      const named = recorders.get(tab.node)!
      return {
        ...(await readTab(tab, source)),
        settlements: settlements.filter(isOfTab),
        paidAtClose: closes.find(isOfTab)?.paid ?? 0n,
        anchored: (anchored.get(idOf(bundle, tab)) ?? []).filter((a) => named.has(a.recorder)),
      }
    }),
  )
}

async function readTab({ signer, node }: Key, { publicClient, deployment }: FactsSource) {
  const core = { address: deployment.berth, abi: berthAbi, args: [signer, node] } as const
  try {
    const [tab, order] = await Promise.all([
      publicClient.readContract({ ...core, functionName: "tabs" }),
      publicClient.readContract({ ...core, functionName: "standingOrders" }),
    ])
    const until = BigInt(order.until)
    const orderedAtMost = standingOrderAllowed({ ...order, from: BigInt(order.from), until }, until)
    return { tenant: tab.tenant, spent: tab.spent, orderedAtMost }
  } catch (error) {
    throw asChainError(error, `reading the tab of ${signer}`)
  }
}

/** All that a node ever named. */
async function readRecorders(node: Address, source: FactsSource): Promise<ReadonlySet<Address>> {
  const query = { address: source.deployment.berth, abi: berthAbi, eventName: "NodeUpdated", args: { node } } as const
  const updates = await readEvents(source, query, `reading the recorders of node ${node}`)
  return new Set(updates.flatMap(({ args }) => args.profile.recorders).map((r) => r.toLowerCase() as Address))
}

/**
 * The receipts of these tabs that these recorders anchored, by tab. An anchor holds the records of all tabs that a recorder serves: piece by piece only
 * what is of the bundle's is kept.
 */
async function readAnchored(
  bundle: Bundle,
  source: FactsSource,
  { recorders, fromBlock }: { readonly recorders: readonly Address[]; readonly fromBlock: bigint | undefined },
): Promise<ReadonlyMap<string, AnchoredReceipt[]>> {
  const byTab = new Map<string, AnchoredReceipt[]>(bundle.tabs.map((tab) => [idOf(bundle, tab), []]))
  if (recorders.length === 0) return byTab
  const address = source.deployment.computeRecords
  const query = { address, abi: computeRecordsAbi, eventName: "Anchored", args: { recorder: [...recorders] }, fromBlock } as const
  for await (const logs of eachEvents(source, query, "reading anchors"))
    for (const { args, blockNumber } of logs)
      for (const receipt of receiptsOf({ ...args, block: blockNumber })) byTab.get(bytesToHex(receipt.entry.tab))?.push(receipt)
  return byTab
}

/**
 * The first block that can hold an anchor of the bundle's: none is before the receipt that it holds. The block in a receipt is the node's word, the opening's
 * is the chain's; work under a reservation may come before a tab is opened.
 */
function earliest(bundle: Bundle, opened: bigint | undefined): bigint | undefined {
  if (opened === undefined) return undefined
  const blocks = bundle.tabs.flatMap((t) => t.statements.flatMap((s) => s.blocks.map((b) => b.block)))
  const first = blocks.reduce((least, block) => (block < least ? block : least), opened)
  return first < bundle.startBlock ? bundle.startBlock : first
}

function idOf({ chainId, contract }: Bundle, { signer, node }: Key): string {
  return bytesToHex(tabId({ chainId, contract }, signer, node))
}
