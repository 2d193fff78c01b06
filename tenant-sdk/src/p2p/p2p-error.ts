import { asBerthError, BerthError } from "../errors.ts"
import type { Callee } from "./host.ts"

/** An error of libp2p as ours, naming the node. */
export function asP2pError(error: unknown, callee: Pick<Callee, "node">): BerthError {
  if (error instanceof BerthError) return error
  const { name, message } = error as Error
  if (name === "AbortError") return new BerthError("cancelled", `calling node ${callee.node} was cancelled`, { cause: error })
  if (name === "TimeoutError")
    return new BerthError("timeout", `node ${callee.node} did not answer in time`, { hint: "try again, or another node", cause: error })
  if (name === "UnsupportedProtocolError")
    return new BerthError("unsupported", `node ${callee.node} does not speak this version: ${message}`, {
      hint: "update, or choose another node",
      cause: error,
    })
  if (name === "InvalidDataLengthError" || name === "StreamBufferError")
    return new BerthError("too_large", `node ${callee.node} sent a frame above the limit`, { cause: error })
  if (LOST.test(`${name} ${message}`))
    return new BerthError("unreachable", `node ${callee.node} can't be reached: ${message}`, {
      hint: "try again, or another node",
      cause: error,
    })
  return asBerthError(error)
}

/** libp2p has many words for a connection that is not there. */
const LOST = /Dial|Connection|Stream|EOF|closed|reset|ECONN|EHOST|ENET|unreachable|addresses|muxer/i
