import type { Address } from "@berth/protocol"
import { berthAbi, reserveAbi } from "../chain/abi.ts"
import { asChainError } from "../chain/chain-error.ts"
import { listTabs, readTab } from "../chain/tabs.ts"
import { type BerthClient, walletOf } from "../client.ts"

/** All in credits. */
export interface Balance {
  readonly account: Address
  /** Reserve stablecoin in the wallet, not yet deposited. */
  readonly wallet: bigint
  /** Free credits: may be withdrawn or put into a tab. */
  readonly available: bigint
  /** In open tabs, not yet paid out. */
  readonly inTabs: bigint
  /** Countersigned but not settled: will leave `inTabs`. 0 without an agent. */
  readonly accrued: bigint
  /** What all running leases cost an hour, if busy. 0 without an agent. */
  readonly ratePerHour: bigint
  /** Hours that tabs and credits last at that rate; undefined while nothing runs. */
  readonly hoursLeft: number | undefined
  /** Hours until the first running tab's own deposit is used up: what is free reaches it by a top-up only. */
  readonly tabHoursLeft: number | undefined
}

/** Whose balance. */
export interface BalanceOptions {
  /** The wallet's own account by default. */
  readonly account?: Address
}

/**
 * What an account has: free credits, credits in tabs, and what of these is already owed.
 * @throws BerthError `rpc`, `no_wallet`
 *
 * @example
 * const { available, inTabs, accrued } = await balance(client)
 */
export async function balance(client: BerthClient, options: BalanceOptions = {}): Promise<Balance> {
  const account = (options.account ?? walletOf(client).account.address).toLowerCase() as Address
  const [wallet, available, keys] = await Promise.all([
    readReserve(client, account),
    readCredits(client, account),
    listTabs(client, account),
  ])
  const tabs = await Promise.all(keys.map((key) => readTab(client, key)))
  const inTabs = tabs.filter((t) => t.state === "open").reduce((sum, t) => sum + t.deposit - t.spent, 0n)
  const books = options.account ? [] : ((await client.agent?.tabs()) ?? [])
  const accrued = books.filter((t) => t.state !== "closed").reduce((sum, t) => sum + (t.used > t.spent ? t.used - t.spent : 0n), 0n)
  const ratePerHour = books.reduce((sum, t) => sum + t.ratePerHour, 0n)
  const hours = (credits: bigint, rate: bigint) => Number((credits * 100n) / rate) / 100
  const busy = books.filter((t) => t.ratePerHour > 0n).map((t) => hours(t.deposit > t.used ? t.deposit - t.used : 0n, t.ratePerHour))
  const hoursLeft = ratePerHour > 0n ? hours(available + inTabs - accrued, ratePerHour) : undefined
  return {
    account,
    wallet,
    available,
    inTabs,
    accrued,
    ratePerHour,
    hoursLeft,
    tabHoursLeft: busy.length > 0 ? Math.min(...busy) : undefined,
  }
}

async function readCredits(client: BerthClient, account: Address): Promise<bigint> {
  const { berth } = client.deployment
  return client.publicClient.readContract({ address: berth, abi: berthAbi, functionName: "credits", args: [account] }).catch((error) => {
    throw asChainError(error, `reading the credits of ${account}`)
  })
}

async function readReserve(client: BerthClient, account: Address): Promise<bigint> {
  const { reserve } = client.deployment
  return client.publicClient
    .readContract({ address: reserve, abi: reserveAbi, functionName: "balanceOf", args: [account] })
    .catch((error) => {
      throw asChainError(error, `reading the stablecoin of ${account}`)
    })
}
