import { type Address, formatCredits } from "@berth/protocol"
import { encodeFunctionData, type Hex, parseSignature } from "viem"
import { berthAbi, reserveAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import { type Once, transact } from "../chain/transact.ts"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import { openingCall, type TabOpening } from "./openTab.ts"

/** How much of the reserve to turn into credits, and for whom. */
export interface DepositOptions {
  /** Credits (units of 1e-6 of the reserve stablecoin). */
  readonly amount: bigint
  /** Whose credits grow; the wallet's by default. */
  readonly to?: Address
  /** Opens a tab from these credits in the same transaction. */
  readonly openTab?: TabOpening
  /** Makes it one deposit, however often it is asked for: see {@link Once}. */
  readonly once?: Once | undefined
}

/** The transaction that deposited. */
export interface DepositResult {
  readonly hash: Hex
  readonly gasUsed: bigint
}

/** How long a signed permit is good for, seconds. */
const PERMIT_LIFE = 3_600n

/**
 * Buys credits with the reserve stablecoin in one transaction: signs an ERC-2612 permit and deposits, and opens a tab too when asked.
 * @throws BerthError `insufficient_reserve`, `reverted`, `rpc`, `no_wallet`
 *
 * @example
 * await deposit(client, { amount: parseCredits("25") })
 */
export async function deposit(client: BerthClient, options: DepositOptions): Promise<DepositResult> {
  const wallet = walletOf(client)
  const { amount, openTab, once } = options
  const to = options.to ?? wallet.account.address
  // In its turn: the permits of two deposits at once would have the same nonce.
  const call = async () => {
    await expectReserve(client, wallet.account.address, amount)
    const { deadline, v, r, s } = await signPermit(client, amount)
    const permit = { functionName: "depositWithPermit", args: [amount, to, deadline, v, r, s] } as const
    if (!openTab) return permit
    const { call } = openingCall(client, openTab)
    const calls = [encodeFunctionData({ abi: berthAbi, ...permit }), encodeFunctionData({ abi: berthAbi, ...call } as never)]
    return { functionName: "multicall", args: [calls] }
  }
  const doing = openTab ? `depositing and opening a tab with ${openTab.node}` : `depositing to ${to}`
  const { transactionHash: hash, gasUsed } = await transact(client, call, doing, once)
  return { hash, gasUsed }
}

async function expectReserve(client: BerthClient, account: Address, amount: bigint): Promise<void> {
  const held = await client.publicClient
    .readContract({ address: client.deployment.reserve, abi: reserveAbi, functionName: "balanceOf", args: [account] })
    .catch((error) => {
      throw asChainError(error, "reading the reserve balance")
    })
  if (held >= amount) return
  throw new BerthError(
    "insufficient_reserve",
    `${account} holds ${formatCredits(held)} of the reserve stablecoin ${client.deployment.reserve}; this needs ${formatCredits(amount)}`,
    {
      hint: "send it some first, or deposit less",
    },
  )
}

async function signPermit(client: BerthClient, value: bigint): Promise<{ deadline: bigint; v: number; r: Hex; s: Hex }> {
  const wallet = walletOf(client)
  const { reserve, berth, chainId } = client.deployment
  const owner = wallet.account.address
  const read = { address: reserve, abi: reserveAbi } as const
  try {
    const [nonce, block, domain] = await Promise.all([
      client.publicClient.readContract({ ...read, functionName: "nonces", args: [owner] }),
      client.publicClient.getBlock({ includeTransactions: false }),
      client.publicClient.readContract({ ...read, functionName: "eip712Domain" }).catch(() => undefined),
    ])
    const name = domain?.[1] ?? (await client.publicClient.readContract({ ...read, functionName: "name" }))
    const deadline = block.timestamp + PERMIT_LIFE
    const signature = await wallet.signTypedData({
      domain: { name, version: domain?.[2] ?? "1", chainId, verifyingContract: reserve },
      types: PERMIT_TYPES,
      primaryType: "Permit",
      message: { owner, spender: berth, value, nonce, deadline },
    })
    const { r, s, yParity } = parseSignature(signature)
    return { deadline, v: 27 + yParity, r, s }
  } catch (error) {
    throw asChainError(error, "signing the permit")
  }
}

const PERMIT_TYPES = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const
