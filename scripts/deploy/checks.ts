import { type Address, type PublicClient, parseAbi, zeroAddress } from "viem"
import { CREATE_X } from "./create-x.ts"
import { DeployError } from "./deploy-error.ts"
import type { DeployParameters } from "./parameters.ts"
import { isSilence } from "./rpc-error.ts"

/** Chains on which CreateX may be set up by Ignition, and a TestUSD deployed. */
export const LOCAL_CHAIN = 31337

/** Init code that stores 1 transiently, loads it and returns it: PUSH1 1, PUSH0, TSTORE, PUSH0, TLOAD, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN. */
const TRANSIENT = "0x60015f5d5f5c5f5260205ff3"

/** Refuses, before anything is sent, what would deploy a market that nobody can use or that nobody owns. */
export async function checkParameters(client: PublicClient, parameters: DeployParameters): Promise<void> {
  const { chainId, reserve, owner } = parameters
  const actual = await client.getChainId()
  if (actual !== chainId)
    throw new DeployError(
      "WrongChain",
      `the RPC serves chain ${actual}, the parameters are for chain ${chainId}: give the right --rpc or --network`,
    )
  if (owner === zeroAddress)
    throw new DeployError(
      "ZeroOwner",
      "the owner is the zero address: nobody could ever set fee, pause or verifiers. Name one in the parameters",
    )
  if (reserve === undefined && chainId !== LOCAL_CHAIN)
    throw new DeployError("BadParameters", `a TestUSD is for the local chain ${LOCAL_CHAIN} only: on chain ${chainId} name a reserve`)
  if (reserve) await checkReserve(client, reserve)
  await checkOpcodes(client, chainId)
  if ((await client.getCode({ address: CREATE_X })) === undefined && chainId !== LOCAL_CHAIN)
    throw new DeployError(
      "NoCreateX",
      `chain ${chainId} has no CreateX at ${CREATE_X}: have it deployed there first, see https://createx.rocks`,
    )
}

async function checkReserve(client: PublicClient, reserve: Address): Promise<void> {
  if ((await client.getCode({ address: reserve })) === undefined)
    throw new DeployError(
      "NoCodeAtReserve",
      `there is no contract at the reserve ${reserve}: credits of a Berth over it could never be paid in`,
    )
  const decimals = await client
    .readContract({ address: reserve, abi: parseAbi(["function decimals() view returns (uint8)"]), functionName: "decimals" })
    .catch((cause) => {
      // An RPC that is silent says nothing about the reserve.
      if (isSilence(cause)) throw cause
      throw new DeployError("WrongDecimals", `the reserve ${reserve} does not say its decimals: is it an ERC-20?`, { cause })
    })
  // One credit is one unit of the reserve and 1e-6 USD in every price: with other decimals all of them would be wrong.
  if (decimals !== 6) throw new DeployError("WrongDecimals", `the reserve ${reserve} has ${decimals} decimals, Berth's credits have 6`)
}

/** Deposits, withdrawals and settlements are guarded by transient storage: a chain without it would take the contracts and revert those calls. */
async function checkOpcodes(client: PublicClient, chainId: number): Promise<void> {
  const answer = await client.call({ data: TRANSIENT }).catch((cause) => {
    // An RPC that is silent says nothing about its chain.
    if (isSilence(cause)) throw cause
    throw new DeployError("NoTransientStorage", lacking(chainId), { cause })
  })
  if (answer.data === undefined || BigInt(answer.data) !== 1n) throw new DeployError("NoTransientStorage", lacking(chainId))
}

const lacking = (chainId: number) =>
  `chain ${chainId} does not know transient storage (EIP-1153, Cancun): nobody could pay in or out there. Choose another chain`
