// An RPC provider in front of a chain: passes everything on, and refuses an `eth_getLogs` over more blocks than its plan allows.
import { createServer, type IncomingMessage } from "node:http"
import type { AddressInfo } from "node:net"

export interface LimitedRpc {
  readonly url: string
  /** Each `eth_getLogs` in order: over how many blocks, whether it was refused, and its filter. */
  readonly asked: readonly { readonly blocks: bigint; readonly refused: boolean; readonly filter: LogFilter }[]
  /** The most blocks that one `eth_getLogs` may be over. 0: all are refused, as by a provider whose logs are out of order. */
  limit: bigint
  /** Forgets what was asked. */
  forget(): void
  stop(): Promise<void>
}

interface LogFilter {
  readonly address?: string
  readonly topics?: readonly unknown[]
  readonly fromBlock?: string
  readonly toBlock?: string
}

interface Call {
  readonly id: number
  readonly method: string
  readonly params?: readonly LogFilter[]
}

/** Starts one in front of the RPC at `target`. It refuses in the words and with the code of providers in use. */
export async function limitedRpc(target: string, limit: bigint): Promise<LimitedRpc> {
  const asked: { blocks: bigint; refused: boolean; filter: LogFilter }[] = []
  const server = createServer((request, response) => {
    answer(request).then(
      (body) => response.writeHead(200, { "content-type": "application/json" }).end(body),
      (error) => response.writeHead(502).end(String(error)),
    )
  })
  const answer = async (request: IncomingMessage): Promise<string> => {
    const body: Call | Call[] = JSON.parse(await textOf(request))
    const answers = await Promise.all([body].flat().map(one))
    return JSON.stringify(Array.isArray(body) ? answers : answers[0])
  }
  const one = async (call: Call): Promise<unknown> => {
    if (call.method !== "eth_getLogs") return pass(target, call)
    const [filter = {}] = call.params ?? []
    const blocks = (await numberOf(target, filter.toBlock)) - (await numberOf(target, filter.fromBlock)) + 1n
    const refused = blocks > rpc.limit
    asked.push({ blocks, refused, filter })
    if (!refused) return pass(target, call)
    return { jsonrpc: "2.0", id: call.id, error: { code: -32614, message: `eth_getLogs is limited to a ${rpc.limit} range` } }
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const rpc: LimitedRpc = {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, limit },
    forget: () => asked.splice(0),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return rpc
}

/** A block as a range names it; none is the newest, as in the specification. */
async function numberOf(target: string, block: string | undefined): Promise<bigint> {
  if (block?.startsWith("0x")) return BigInt(block)
  const { result } = await pass(target, { id: 1, method: "eth_blockNumber" })
  return BigInt(result as string)
}

async function pass(target: string, call: Call): Promise<{ readonly result?: unknown }> {
  const body = JSON.stringify({ jsonrpc: "2.0", params: [], ...call })
  const response = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body })
  return response.json() as Promise<{ result?: unknown }>
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ""
  for await (const chunk of request.setEncoding("utf8")) text += chunk
  return text
}
