import { hostsOnly } from "@berth/protocol/hosts-only"
import { BaseError, ContractFunctionRevertedError, ContractFunctionZeroDataError, HttpRequestError, TimeoutError } from "viem"
import { BerthError } from "../errors.ts"
import { REVERTS } from "./reverts.ts"

/** An error of viem, the RPC or the contract as ours. `doing` says what was tried. */
export function asChainError(error: unknown, doing: string): BerthError {
  if (error instanceof BerthError) return error
  if (!(error instanceof BaseError)) return new BerthError("rpc", hostsOnly(`${doing} failed: ${String(error)}`), { cause: error })
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
  // The RPC's own words are the details: "limited to a 10,000 range" says what to do, "RPC Request failed." does not.
  const said = error.details && !error.shortMessage.includes(error.details) ? ` ${error.details.slice(0, 300)}` : ""
  return new BerthError("rpc", hostsOnly(`${doing} failed: ${error.shortMessage}${said}`), { cause: error })
}

function fromRevert(revert: ContractFunctionRevertedError, doing: string): BerthError {
  const name = revert.data?.errorName ?? revert.reason ?? "no reason"
  const known = REVERTS[name]
  if (!known) return new BerthError("reverted", `${doing} was refused by the contract: ${name}`, { cause: revert })
  const [message, hint, code = "reverted"] = known(revert.data?.args ?? [])
  return new BerthError(code, `${doing}: ${message}`, { hint, cause: revert })
}

/** Without path and query: many providers' URLs hold the customer's key. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ""
}
