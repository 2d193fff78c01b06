import { createPublicClient, fallback, http, type PublicClient, type Transport, webSocket } from "viem"

/** A client that reads from the first RPC that answers. */
export function publicClientOf(rpcUrls: readonly string[]): PublicClient {
  const transports = rpcUrls.map(transportOf)
  return createPublicClient({
    transport: transports.length === 1 ? transports[0]! : fallback(transports, { retryCount: 0 }),
    cacheTime: 0,
  }) as PublicClient
}

/** One try and 4 s: whoever asks goes on with what was last seen and asks again at the next block. */
function transportOf(url: string): Transport {
  const limits = { retryCount: 0, timeout: 4_000 }
  return url.startsWith("ws") ? webSocket(url, limits) : http(url, { ...limits, batch: { wait: 0 } })
}
