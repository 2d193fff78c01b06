import type { Address, Deployment, Market } from "@berth/protocol"
import type { Account, Chain, EIP1193Provider, PublicClient, Transport, WalletClient } from "viem"
import { createPublicClient, createWalletClient, custom, defineChain } from "viem"
import type { Agent } from "./agent/agent.ts"
import { NodeDirectory } from "./chain/directory.ts"
import { NodeStakes } from "./chain/node-stakes.ts"
import { BerthError } from "./errors.ts"
import type { P2pHost } from "./p2p/host.ts"

/** A market, a way to its chain, and who acts: without account and provider the client only reads. */
export interface BerthClientOptions {
  /** Where the market lives: see `readDeployment`, or `deployments` of @berth/protocol. */
  readonly deployment: Deployment
  /** Any viem transport to the deployment's chain, such as `http(url)`. */
  readonly transport: Transport
  /** Any viem account: local key, smart account, hardware. Without it the client only reads. */
  readonly account?: Account
  /** A browser wallet in place of `account`: the EIP-1193 provider and the address to use. */
  readonly provider?: { readonly provider: EIP1193Provider; readonly address: Address }
  /** Runs leases and countersigns their receipts: `startAgent` or `connectAgent`. Needed by `run` and what follows it. */
  readonly agent?: Agent
  /** Milliseconds between two looks at the chain. Default 500 on a development chain, else 2,000. */
  readonly pollingInterval?: number
}

/** What every action takes as its first argument. Opens no connection before an action needs one. */
export interface BerthClient {
  readonly deployment: Deployment
  readonly market: Market
  readonly publicClient: PublicClient
  readonly wallet: WalletClient<Transport, Chain, Account> | undefined
  readonly agent: Agent | undefined
  readonly directory: NodeDirectory
  readonly stakes: NodeStakes
  /** The libp2p host, started on first use. */
  p2p(): Promise<P2pHost>
  /** Uses this host (the agent's) for quotes. */
  useP2p(host: P2pHost): void
  /** Closes the connections that the client opened. The agent is not stopped. */
  close(): Promise<void>
}

/** Development chains of Hardhat and Anvil: blocks come at once. */
const DEV_CHAIN = 31_337

/**
 * A client of one Berth market.
 *
 * @example
 * const client = createBerthClient({ deployment, transport: http("http://127.0.0.1:8545"), account: privateKeyToAccount(key) })
 * console.log(await balance(client))
 */
export function createBerthClient(options: BerthClientOptions): BerthClient {
  const { deployment } = options
  const pollingInterval = options.pollingInterval ?? (deployment.chainId === DEV_CHAIN ? 500 : 2_000)
  const chain = chainOf(deployment.chainId)
  const account: Account | Address | undefined = options.account ?? options.provider?.address
  const transport = options.provider ? custom(options.provider.provider) : options.transport
  let host: Promise<P2pHost> | undefined
  let own = false
  const publicClient = createPublicClient({ chain, transport: options.transport, pollingInterval, cacheTime: 0 }) as PublicClient
  return {
    deployment,
    market: { chainId: deployment.chainId, contract: deployment.berth },
    publicClient,
    wallet: account && (createWalletClient({ chain, transport, account, pollingInterval }) as WalletClient<Transport, Chain, Account>),
    agent: options.agent,
    directory: new NodeDirectory(),
    stakes: new NodeStakes(publicClient, deployment),
    p2p() {
      if (!host) {
        own = true
        host = import("./p2p/host.ts").then((m) => m.startHost({}))
        host.catch(() => {
          host = undefined
        })
      }
      return host
    },
    useP2p(given) {
      own = false
      host = Promise.resolve(given)
    },
    async close() {
      if (own) await (await host)?.stop()
      host = undefined
    },
  }
}

/** The same client with another agent, such as one started after it. */
export function withAgent(client: BerthClient, agent: Agent): BerthClient {
  return { ...client, agent }
}

/** The wallet, or an error that says how to give one. */
export function walletOf(client: BerthClient): WalletClient<Transport, Chain, Account> {
  if (client.wallet) return client.wallet
  throw new BerthError("no_wallet", "this needs a wallet, and the client has none", {
    hint: "pass `account` to createBerthClient; on the command line: berth account create, or berth account import",
  })
}

/** The agent, or an error that says how to get one. */
export function agentOf(client: BerthClient): Agent {
  if (client.agent) return client.agent
  throw new BerthError("no_agent", "leases need an agent that countersigns their receipts, and the client has none", {
    hint: "pass `agent` to createBerthClient: startAgent({...}) in this process, or connectAgent({...}) to a resident one",
  })
}

function chainOf(id: number): Chain {
  return defineChain({
    id,
    name: `chain ${id}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [] } },
  })
}
