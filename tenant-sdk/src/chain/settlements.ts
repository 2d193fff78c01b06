import { type Address, type Deployment, unpackFigures } from "@berth/protocol"
import type { Hex, PublicClient } from "viem"
import { berthAbi } from "./abi.ts"
import { asChainError } from "./chain-error.ts"

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

/** What the close of each of these signers' tabs paid its node; nothing of tabs that are not closed. */
export async function readClosePayments(
  publicClient: PublicClient,
  deployment: Pick<Deployment, "berth" | "startBlock">,
  signers: readonly Address[],
): Promise<ReadonlyMap<Address, bigint>> {
  if (signers.length === 0) return new Map()
  const { berth: address, startBlock: fromBlock } = deployment
  const logs = await publicClient
    .getContractEvents({ address, abi: berthAbi, eventName: "TabClosed", args: { signer: [...signers] }, fromBlock })
    .catch((error) => {
      throw asChainError(error, "reading closed tabs")
    })
  return new Map(logs.map(({ args }) => [args.signer!.toLowerCase() as Address, args.paid!]))
}

/** What was settled for these signers, oldest first. */
export async function readSettlements(
  publicClient: PublicClient,
  deployment: Pick<Deployment, "berth" | "startBlock">,
  signers: readonly Address[],
): Promise<Settlement[]> {
  if (signers.length === 0) return []
  try {
    const logs = await publicClient.getContractEvents({
      address: deployment.berth,
      abi: berthAbi,
      eventName: "Settled",
      args: { signer: [...signers] },
      fromBlock: deployment.startBlock,
    })
    return logs.map(({ args, blockNumber, transactionHash }) => ({
      node: args.node!.toLowerCase() as Address,
      signer: args.signer!.toLowerCase() as Address,
      ...unpackFigures(args.figures!),
      recordsHash: args.recordsHash!,
      block: blockNumber,
      hash: transactionHash,
    }))
  } catch (error) {
    throw asChainError(error, "reading settlements")
  }
}
