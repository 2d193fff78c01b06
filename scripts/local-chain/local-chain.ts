import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Address } from "viem"
import { CHAIN_ID } from "./accounts.ts"
import { type ChainClient, connectChain } from "./client.ts"
import { type ContractAddresses, deployContracts, mintUsd } from "./deploy.ts"
import { spawnChain } from "./spawn.ts"

export interface LocalChainOptions {
  /** Where deployment.json is written. */
  readonly stateDir: string
  /** Default: any free port. */
  readonly port?: number
  /** Milliseconds between blocks; 2,000 by default. 0: a block per transaction only. */
  readonly blockTimeMs?: number
  /** Whether a transaction also gets a block of its own at once, which saves the wait for the next one. Default true. */
  readonly automine?: boolean
  readonly log?: (line: string) => void
}

/** What deployment.json holds: all that a node, an agent, a recorder or an indexer must know of a chain. */
export interface LocalDeployment extends ContractAddresses {
  readonly chainId: number
  readonly startBlock: number
  readonly rpcUrl: string
}

/** A chain of our own, in its own process. */
export interface LocalChain {
  readonly rpcUrl: string
  readonly deployment: LocalDeployment
  /** Path of deployment.json. */
  readonly deploymentFile: string
  readonly pid: number
  /** A viem client with test, public and wallet actions. It signs as dev account 19, which owns the contracts and mints in `fund`. */
  readonly client: ChainClient
  /** Settles when the chain's process has ended, by `stop` or by itself. */
  readonly ended: Promise<void>
  /** Gives ether (in wei) and test dollars (in credits: 1 = 1e-6 USD) to an address. Returns once a block has them. */
  fund(address: Address, gift: { readonly eth?: bigint; readonly usd?: bigint }): Promise<void>
  /** Moves chain time and mines a block, so that the new time holds at once. */
  increaseTime(seconds: number): Promise<void>
  /** Ends the process; its port is free afterwards. */
  stop(): Promise<void>
}

/**
 * Starts a fresh local chain (id 31337) in its own process and deploys TestUSD, Berth and ComputeRecords from the committed bytecode.
 *
 * @example
 * const chain = await startLocalChain({ stateDir, blockTimeMs: 500 })
 * await chain.fund(tenant, { eth: parseEther("1"), usd: 100_000_000n })
 * await chain.stop()
 */
export async function startLocalChain(options: LocalChainOptions): Promise<LocalChain> {
  const started = performance.now()
  const chain = await spawnChain(options.port ?? 0, options.blockTimeMs ?? 2_000)
  try {
    const rpcUrl = `http://127.0.0.1:${chain.port}`
    const client = connectChain(rpcUrl)
    const contracts = await deployContracts(client)
    if (options.automine === false) await client.setAutomine(false)
    const deployment = { chainId: CHAIN_ID, ...contracts, rpcUrl }
    const deploymentFile = join(options.stateDir, "deployment.json")
    mkdirSync(options.stateDir, { recursive: true })
    writeFileSync(deploymentFile, `${JSON.stringify(deployment, null, 2)}\n`)
    options.log?.(`local chain on ${rpcUrl}, contracts deployed, ${Math.round(performance.now() - started)} ms`)
    let lastGift: Promise<void> = Promise.resolve()
    return {
      rpcUrl,
      deployment,
      deploymentFile,
      pid: chain.pid,
      client,
      ended: chain.ended,
      async fund(address, { eth = 0n, usd = 0n }) {
        if (eth > 0n) await client.setBalance({ address, value: (await client.getBalance({ address })) + eth })
        if (usd === 0n) return
        // One after another: an automining chain refuses a nonce that is not the next one.
        lastGift = lastGift.catch(() => {}).then(() => mintUsd(client, deployment.reserve, address, usd))
        await lastGift
      },
      async increaseTime(seconds) {
        await client.increaseTime({ seconds })
        await client.mine({ blocks: 1 })
      },
      stop: chain.stop,
    }
  } catch (error) {
    await chain.stop()
    throw error
  }
}
