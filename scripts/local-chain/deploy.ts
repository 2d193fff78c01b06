import { berthAbi, computeRecordsAbi, testUsdAbi } from "@berth/protocol/abi"
import { berthBytecode, computeRecordsBytecode, testUsdBytecode } from "@berth/protocol/bytecode"
import type { Address, Hash } from "viem"
import type { ChainClient } from "./client.ts"

export interface ContractAddresses {
  readonly berth: Address
  readonly computeRecords: Address
  readonly reserve: Address
  /** Stake and reservations. Made by the core, as the next one. */
  readonly reservations: Address
  readonly verifiers: Address
  /** The block in which Berth was deployed. */
  readonly startBlock: number
}

/** Deploys the reserve, the core contract (owned by the client's account) and ComputeRecords. */
export async function deployContracts(client: ChainClient): Promise<ContractAddresses> {
  const usd = await created(client, await client.deployContract({ abi: testUsdAbi, bytecode: testUsdBytecode }))
  const args = [usd.address, client.account.address] as const
  const berth = await created(client, await client.deployContract({ abi: berthAbi, bytecode: berthBytecode, args }))
  const records = await created(client, await client.deployContract({ abi: computeRecordsAbi, bytecode: computeRecordsBytecode }))
  const made = { address: berth.address, abi: berthAbi }
  return {
    berth: berth.address,
    computeRecords: records.address,
    reserve: usd.address,
    reservations: await client.readContract({ ...made, functionName: "reservations" }),
    verifiers: await client.readContract({ ...made, functionName: "verifiers" }),
    startBlock: Number(berth.block),
  }
}

/** Mints test dollars and waits for their block. */
export async function mintUsd(client: ChainClient, reserve: Address, to: Address, amount: bigint): Promise<void> {
  await mined(client, await client.writeContract({ address: reserve, abi: testUsdAbi, functionName: "mint", args: [to, amount] }))
}

async function created(client: ChainClient, hash: Hash): Promise<{ address: Address; block: bigint }> {
  const receipt = await mined(client, hash)
  return { address: receipt.contractAddress!, block: receipt.blockNumber }
}

async function mined(client: ChainClient, hash: Hash) {
  const receipt = await client.waitForTransactionReceipt({ hash })
  if (receipt.status !== "success") throw new Error(`the local chain reverted transaction ${hash}`)
  return receipt
}
