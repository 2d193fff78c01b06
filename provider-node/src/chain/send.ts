import type { Deployment } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import {
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  defineChain,
  type EncodeFunctionDataParameters,
  encodeFunctionData,
  formatEther,
  type Hex,
  http,
} from "viem"
import type { PrivateKeyAccount } from "viem/accounts"
import { chainError } from "./errors.ts"

type Connection = ReturnType<typeof connectAs>

/** A call of the core, by name. */
type Call = Pick<EncodeFunctionDataParameters<typeof berthAbi>, "functionName" | "args">

/** To read, and to send as an account. */
export function connectAs(account: PrivateKeyAccount, rpcUrl: string, { chainId, berth }: Deployment) {
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  return {
    contract: { address: berth, abi: berthAbi } as const,
    publicClient: createPublicClient({ chain, transport: http(rpcUrl), pollingInterval: 200 }),
    wallet: createWalletClient({ account, chain, transport: http(rpcUrl) }),
  }
}

/**
 * Sends calls of the core in one transaction, for a person who waits for it.
 * @returns the transaction, mined
 * @throws Refused when the account can't pay the gas, or the transaction fails; viem's revert when the contract refuses
 */
export async function send({ contract, publicClient, wallet }: Connection, calls: readonly Call[], help: string): Promise<Hex> {
  const data = calls.map((call) => encodeFunctionData({ abi: berthAbi, ...call } as EncodeFunctionDataParameters<typeof berthAbi>))
  const call = { ...contract, account: wallet.account, functionName: "multicall", args: [data] } as const
  // Asked first: its answer names the contract's reason, which a refused estimate of gas need not.
  const { request } = await publicClient.simulateContract(call)
  const payer = wallet.account.address
  const [balance, gas, price] = await Promise.all([
    publicClient.getBalance({ address: payer }),
    publicClient.estimateContractGas(call),
    publicClient.getGasPrice(),
  ])
  if (balance < gas * price)
    throw new Refused(`${payer} can't pay the gas (about ${formatEther(gas * price)} of the chain's currency): ${help}.`)
  const hash = await wallet.writeContract(request)
  const receipt = await publicClient.waitForTransactionReceipt({ hash })
  if (receipt.status !== "success") throw new Refused(`Transaction ${hash} failed.`)
  return hash
}

/** A person must change something: waiting does not help. */
export class Refused extends Error {}

/** What went wrong with `what`, for a person: the contract's reason, or that the chain could not be asked. */
export function sendError(what: string, error: unknown): Error {
  if (error instanceof Refused) return error
  const revert = error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionRevertedError)
  if (!(revert instanceof ContractFunctionRevertedError)) return chainError(what, error)
  const { errorName = "no reason", args = [] } = revert.data ?? {}
  return new Refused(`The contract refuses ${what}: ${errorName}(${args.join(", ")}). Correct the config, or the key that pays.`)
}
