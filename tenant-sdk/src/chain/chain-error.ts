import { formatCredits } from "@berth/protocol"
import { BaseError, ContractFunctionRevertedError, ContractFunctionZeroDataError, HttpRequestError, TimeoutError } from "viem"
import { BerthError } from "../errors.ts"

/** What a revert of ours means for a person and what to do, by the contract's error name. */
const REVERTS: Record<string, (args: readonly unknown[]) => [message: string, hint?: string]> = {
  InsufficientCredits: ([account, available, needed]) => [
    `${account} has ${formatCredits(available as bigint)} in credits; this needs ${formatCredits(needed as bigint)}`,
    `${formatCredits((needed as bigint) - (available as bigint))} are missing: berth account deposit, or berth close frees what lies in tabs`,
  ],
  NodeNotRegistered: ([node]) => [`node ${node} is not registered`, "choose another: berth quote lists those that are"],
  NodeIsRetired: ([node]) => [`node ${node} is retired and takes no new tab`, "choose another: berth quote"],
  TabExists: ([signer, node]) => [`the tab of signer ${signer} with node ${node} was opened before`, "use a fresh signer"],
  TabNotOpen: ([signer, node]) => [`the tab of signer ${signer} with node ${node} is not open`],
  TabIsClosing: () => ["the tab is closing and takes no top-up", "open another"],
  ChallengePeriodRunning: ([closesAt]) => [
    `the challenge period runs until ${new Date(Number(closesAt) * 1000).toISOString()}`,
    "finish the close after that, or close by agreement with the node",
  ],
  CloseNotRequested: () => ["no close was requested for this tab", "request it first: berth close --timed"],
  SignatureExpired: () => ["the signature's deadline has passed", "ask the node again"],
  IsPaused: () => ["new deposits and tabs are paused by the contract's owner", "withdrawals and running tabs are not: try later"],
  ERC20InsufficientBalance: ([account, balance, needed]) => [
    `${account} holds ${formatCredits(balance as bigint)} of the reserve stablecoin; this needs ${formatCredits(needed as bigint)}`,
  ],
}

/** An error of viem, the RPC or the contract as ours. `doing` says what was tried. */
export function asChainError(error: unknown, doing: string): BerthError {
  if (error instanceof BerthError) return error
  if (!(error instanceof BaseError)) return new BerthError("rpc", `${doing} failed: ${String(error)}`, { cause: error })
  const revert = error.walk((e) => e instanceof ContractFunctionRevertedError)
  if (revert instanceof ContractFunctionRevertedError) return fromRevert(revert, doing)
  if (error.walk((e) => e instanceof ContractFunctionZeroDataError))
    return new BerthError("wrong_market", `${doing} failed: there is no Berth contract at that address`, {
      hint: "check that --deployment and --rpc belong together",
      cause: error,
    })
  const unreachable = error.walk((e) => e instanceof HttpRequestError || e instanceof TimeoutError)
  if (unreachable) {
    const url = hostOf((unreachable as HttpRequestError).url ?? "")
    return new BerthError("rpc", `${doing} failed: the chain's RPC ${url} does not answer`, {
      hint: "check the URL, or try again",
      cause: error,
    })
  }
  return new BerthError("rpc", `${doing} failed: ${error.shortMessage}`, { cause: error })
}

function fromRevert(revert: ContractFunctionRevertedError, doing: string): BerthError {
  const name = revert.data?.errorName ?? revert.reason ?? "no reason"
  const known = REVERTS[name]
  const code =
    name === "InsufficientCredits" ? "insufficient_credits" : name === "ERC20InsufficientBalance" ? "insufficient_reserve" : "reverted"
  if (!known) return new BerthError("reverted", `${doing} was refused by the contract: ${name}`, { cause: revert })
  const [message, hint] = known(revert.data?.args ?? [])
  return new BerthError(code, `${doing}: ${message}`, { hint, cause: revert })
}

/** Without path and query: many providers' URLs hold the customer's key. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ""
}
