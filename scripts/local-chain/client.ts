import { createTestClient, http, publicActions, walletActions } from "viem"
import { hardhat } from "viem/chains"
import { devAccount } from "./accounts.ts"

/** A viem client for our own chain: reads, sends as dev account 19, and moves time. */
export function connectChain(rpcUrl: string) {
  const transport = http(rpcUrl, { retryCount: 0 })
  return createTestClient({ mode: "hardhat", chain: hardhat, transport, account: devAccount(19), pollingInterval: 50 })
    .extend(publicActions)
    .extend(walletActions)
}

export type ChainClient = ReturnType<typeof connectChain>
