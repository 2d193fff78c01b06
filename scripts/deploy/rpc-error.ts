import { BaseError, HttpRequestError, TimeoutError } from "viem"
import { DeployError } from "./deploy-error.ts"

/** Hardhat's own numbers: connection refused, network timeout. */
const HARDHAT_SILENT = [703, 704]
/** Of Node's sockets and of undici, which both viem and Hardhat ask through. */
const SOCKET = /^(E(CONN|HOST|NET|TIMEDOUT|PIPE|AI_)|ENOTFOUND|UND_ERR_)/

/** Runs what asks the RPC; its errors, viem's and Hardhat's alike, come out as ours. */
export async function overRpc<T>(rpcUrl: string, network: string, doing: () => Promise<T>): Promise<T> {
  try {
    return await doing()
  } catch (error) {
    throw ofRpc(error, rpcUrl, network)
  }
}

/**
 * Names the host only: path and query of a provider's URL hold the customer's key, and viem's messages quote the whole. What is no word of
 * the RPC's about itself is returned as it is.
 */
function ofRpc(error: unknown, rpcUrl: string, network: string): unknown {
  if (error instanceof DeployError) return error
  const who = `the RPC of ${network} at ${new URL(rpcUrl).host}`
  const status = causesOf(error).map(statusOf).find(Boolean)
  if (isSilence(error)) {
    const what = status === undefined ? "does not answer" : `answers with HTTP ${status} only`
    const message = `${who} ${what}: run the same command again when it does, or give another --rpc`
    return new DeployError("RpcUnreachable", message, { cause: error })
  }
  if (status !== undefined)
    return new DeployError("RpcRefused", `${who} refuses with HTTP ${status}: check the URL and its key, or give another --rpc`, {
      cause: error,
    })
  if (!(error instanceof BaseError)) return error
  const { shortMessage, details } = error
  return new DeployError("RpcRefused", `${who} refuses: ${shortMessage} ${details ?? ""}`.trimEnd(), { cause: error })
}

/** Whether the chain said nothing at all, so that nothing is known: the RPC is not there, or has no time for us. */
export function isSilence(error: unknown): boolean {
  return causesOf(error).some((each) => {
    const { code, number } = each as { code?: unknown; number?: number }
    const status = statusOf(each)
    if (status !== undefined) return status === 429 || status >= 500
    const socket = typeof code === "string" && SOCKET.test(code)
    return socket || each instanceof TimeoutError || each instanceof HttpRequestError || HARDHAT_SILENT.includes(number ?? 0)
  })
}

/** Of an answer that is no JSON-RPC: viem calls it `status`, undici `statusCode`. */
function statusOf(error: unknown): number | undefined {
  const { status, statusCode } = error as { status?: unknown; statusCode?: unknown }
  const found = error instanceof HttpRequestError ? status : statusCode
  return typeof found === "number" ? found : undefined
}

/** The error, what caused it, and so on. */
function causesOf(error: unknown): object[] {
  const causes: object[] = []
  for (let each = error; typeof each === "object" && each !== null && !causes.includes(each); each = (each as Error).cause)
    causes.push(each)
  return causes
}
