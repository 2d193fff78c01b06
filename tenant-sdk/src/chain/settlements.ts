import { type Address, type Deployment, unpackFigures } from "@berth/protocol"
import type { GetContractEventsReturnType, Hex, PublicClient } from "viem"
import { berthAbi } from "./abi.ts"
import { readEvents } from "./events.ts"

/** A statement as the contract settled it. */
export interface Settlement {
  readonly node: Address
  readonly signer: Address
  readonly day: number
  readonly gpuMs: bigint
  readonly amount: bigint
  /** Credits that this settlement moved. */
  readonly paid: bigint
  readonly recordsHash: Hex
  readonly block: bigint
  readonly hash: Hex
}

/** What the close of a tab paid its node. */
export interface ClosePayment {
  readonly node: Address
  readonly signer: Address
  /** Credits. */
  readonly paid: bigint
}

/** Where the market's contract lives, and the RPC to ask. */
export interface CoreSource {
  readonly publicClient: PublicClient
  readonly deployment: Pick<Deployment, "berth" | "startBlock">
}

/** What the closes of these signers' tabs paid their nodes; nothing of tabs that are not closed. */
export async function readClosePayments(source: CoreSource, signers: readonly Address[], fromBlock?: bigint): Promise<ClosePayment[]> {
  const logs = await ofSigners(source, "TabClosed", signers, "reading closed tabs", fromBlock)
  return logs.map(({ args }) => ({ ...tabOf(args), paid: args.paid }))
}

/** What was settled for these signers, oldest first. */
export async function readSettlements(source: CoreSource, signers: readonly Address[], fromBlock?: bigint): Promise<Settlement[]> {
  const logs = await ofSigners(source, "Settled", signers, "reading settlements", fromBlock)
  return logs.map(({ args, blockNumber, transactionHash }) => ({
    ...tabOf(args),
    ...unpackFigures(args.figures),
    recordsHash: args.recordsHash,
    block: blockNumber,
    hash: transactionHash,
  }))
}

/** The block in which the first of these signers' tabs was opened: nothing was settled or closed before it. Undefined when none was. */
export async function readFirstOpening(source: CoreSource, signers: readonly Address[]): Promise<bigint | undefined> {
  const [first] = await ofSigners(source, "TabOpened", signers, "reading when tabs were opened")
  return first?.blockNumber
}

async function ofSigners<name extends "TabOpened" | "TabClosed" | "Settled">(
  source: CoreSource,
  eventName: name,
  signers: readonly Address[],
  doing: string,
  fromBlock?: bigint,
): Promise<GetContractEventsReturnType<typeof berthAbi, name, true>> {
  if (signers.length === 0) return [] as never
  const query = { address: source.deployment.berth, abi: berthAbi, args: { signer: [...signers] }, fromBlock }
  return readEvents(source, { ...query, eventName }, doing)
}

function tabOf({ node, signer }: { node: Address; signer: Address }): { node: Address; signer: Address } {
  return { node: node.toLowerCase() as Address, signer: signer.toLowerCase() as Address }
}
