import { execFile } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { promisify } from "node:util"
import { type Address, bytesToHex, formatCredits, parseCredits } from "@berth/protocol"
import { type BerthClient, type ConnectedAgent, connectAgent, createBerthClient, readDeployment, withAgent } from "@berth/sdk"
import { type HDAccount, http, parseEther } from "viem"
import { askNode } from "../../provider-node/src/control/client.ts"
import { createKeystore } from "../../provider-node/src/keystore.ts"
import { askRecorder } from "../../provider-node/src/recorder/admin.ts"
import { devAccount, type LocalChain, startLocalChain } from "../local-chain/index.ts"
import type { Places } from "./places.ts"
import { freePort } from "./ports.ts"
import type { Processes } from "./processes.ts"
import { line, READY_MS, until } from "./ready.ts"
import type { Screen } from "./screen.ts"
import { putBehind, putUpStake } from "./stakes.ts"

/** What the three operators of this machine offer. All CPU class here, so that it runs anywhere. */
const OPERATORS = [
  { name: "node-1", tier: "individual", region: "DE/Berlin", price: parseCredits("0.06"), discounts: [500, 1_000] },
  { name: "node-2", tier: "data-center", region: "US/Oregon", price: parseCredits("0.08"), discounts: [1_000, 2_500] },
  { name: "node-3", tier: "partner", region: "JP/Tokyo", price: parseCredits("0.11"), discounts: [1_500, 3_000] },
] as const
/** What operators who stake put behind their node. */
const STAKE = parseCredits("5")
/** Days from which the discounts above are given. */
const TERMS = [7, 30] as const

/** A local passphrase: these keys hold test money on a chain that ends with this run. */
const PASSPHRASE = "local"
/** PGlite takes 7-15 s, and much longer while two cores do all the rest. Nothing waits for it until the day is over. */
const INDEXER_READY_MS = 240_000

export interface MarketNode {
  readonly name: string
  readonly dataDir: string
  readonly address: Address
}

/** Everything that runs, and what the tenant's play needs of it. */
export interface Market {
  readonly chain: LocalChain
  readonly nodes: readonly MarketNode[]
  readonly operators: readonly HDAccount[]
  /** Credits that the operators staked, together. */
  readonly staked: bigint
  readonly graphqlUrl: string
  /** The `berth` program. */
  readonly cli: string
  /** Environment of somebody with an empty profile. */
  readonly strangerEnv: NodeJS.ProcessEnv
  readonly indexerReady: Promise<void>
  /** Ends a node as its operator would, and starts it again. */
  stopNode(node: MarketNode): Promise<void>
  startNode(node: MarketNode): Promise<void>
  /** Waits until every node has handed its countersigned receipts to the recorder. */
  handedOver(): Promise<void>
  /** Waits until recorder and nodes have seen the chain's newest block; gives its time. */
  headSeen(): Promise<bigint>
}

/** How much of a market is started. */
export interface MarketPlan {
  readonly nodes: number
  /** The first so many of them have stake behind them from the start. */
  readonly staked: number
  readonly indexer: boolean
  /** Nodes post claims of reserved days when the oldest is so many days ago. */
  readonly claimEveryDays: number
}

/** What `npm start` shows: all of it. */
export const WHOLE_MARKET: MarketPlan = { nodes: OPERATORS.length, staked: 2, indexer: true, claimEveryDays: 7 }

/**
 * Starts indexer, recorder and nodes, each a process of its own. The indexer comes first: it takes the most of a core, some twenty seconds of it
 * in all, and on a busy machine everything else is over before it.
 */
export async function startMarket(
  places: Places,
  processes: Processes,
  screen: Screen,
  engineSocket: string,
  chain: LocalChain,
  plan: MarketPlan = WHOLE_MARKET,
): Promise<Market> {
  const graphqlPort = await freePort(42_069)
  const graphqlUrl = `http://127.0.0.1:${graphqlPort}/graphql`
  const indexerReady = plan.indexer ? startIndexer(places, processes, chain, graphqlPort) : Promise.resolve()
  // Awaited later; a failure before that is no unhandled one.
  indexerReady.catch(() => {})
  if (plan.indexer) screen.say(`indexer      ${graphqlUrl} (gets ready meanwhile: it is asked when the day is over)`)
  const recorder = await screen.during("the recorder starts", startRecorder(places, processes, chain))
  screen.say(`recorder     ${recorder.addresses[0]}`)
  const offers = OPERATORS.slice(0, plan.nodes)
  const operators = offers.map((_, i) => devAccount(i + 1))
  const { claimEveryDays } = plan
  // Meanwhile: an operator may stake before it has a node.
  const staking = operators.slice(0, plan.staked).map((operator) => putUpStake(chain, operator, STAKE))
  for (const one of staking) one.catch(() => {})
  const nodes = await screen.during(
    "the nodes register and start",
    Promise.all(
      offers.map((offer, i) =>
        startNode({ places, processes, chain, engineSocket, offer, operator: operators[i]!, recorder, claimEveryDays, staked: staking[i] }),
      ),
    ),
  )
  for (const [i, node] of nodes.entries()) {
    const { tier, region } = OPERATORS[i]!
    const stake = formatCredits(i < plan.staked ? STAKE : 0n)
    screen.say(`${node.name}       ${node.address} (${tier}, ${region}, ${stake} staked)`)
  }
  return {
    chain,
    nodes,
    operators,
    staked: STAKE * BigInt(plan.staked),
    graphqlUrl,
    cli: places.berth,
    strangerEnv: { PATH: process.env.PATH, HOME: places.stranger, BERTH_HOME: places.stranger },
    indexerReady,
    handedOver: () => handedOver(nodes),
    headSeen: () => headSeen(places, chain, nodes),
    stopNode: ({ name }) => processes.stopOne(name),
    startNode: ({ name, dataDir }) => runNode(places, processes, name, join(dataDir, "node.toml")),
  }
}

/** Starts the chain with the contracts on it. Needs neither programs nor images. */
export async function startChain(places: Places, processes: Processes): Promise<LocalChain> {
  const chain = await startLocalChain({ stateDir: places.state, port: await freePort(8_545), blockTimeMs: 2_000 })
  processes.remember("chain", chain.pid)
  return chain
}

interface RunningRecorder {
  readonly address: Address
  readonly addresses: readonly string[]
}

async function startRecorder(places: Places, processes: Processes, chain: LocalChain): Promise<RunningRecorder> {
  const dir = join(places.state, "recorder")
  mkdirSync(dir, { recursive: true })
  const key = await createKeystore(join(dir, "key.json"), PASSPHRASE, "light")
  await chain.fund(key.address, { eth: parseEther("100") })
  const socket = recorderSocket(places)
  const args = ["recorder", "--deployment", chain.deploymentFile, "--state-dir", dir, "--socket", socket]
  const flags = ["--passphrase-file", places.passphraseFile, "--listen", "/ip4/127.0.0.1/tcp/0", "--poll-ms", "500"]
  const child = processes.start({ name: "recorder", command: process.execPath, args: [places.berthNode, ...args, ...flags] })
  const status = await until("recorder", child, processes, () =>
    askRecorder<{ addresses: string[] }>(socket, "GET", "/status").catch(() => undefined),
  )
  return { address: key.address, addresses: status.addresses }
}

const recorderSocket = (places: Places) => join(places.sockets, "recorder.sock")

interface NodeStart {
  readonly places: Places
  readonly processes: Processes
  readonly chain: LocalChain
  readonly engineSocket: string
  readonly offer: (typeof OPERATORS)[number]
  readonly operator: HDAccount
  readonly recorder: RunningRecorder
  readonly claimEveryDays: number
  /** The operator's stake, which is put behind the node. */
  readonly staked: Promise<void> | undefined
}

/** As an operator does it: write a config, `berth-node init --register`, `berth-node start`. */
async function startNode(start: NodeStart): Promise<MarketNode> {
  const { places, processes, offer, operator, recorder } = start
  const dir = join(places.state, offer.name)
  mkdirSync(dir, { recursive: true })
  const config = join(dir, "node.toml")
  const listen = await freePort(0)
  writeFileSync(config, nodeConfig({ ...start, dir, listen }))
  const operatorKey = join(dir, "operator.key")
  writeFileSync(operatorKey, `${bytesToHex(operator.getHdKey().privateKey!)}\n`, { mode: 0o600 })
  const init = [
    "init",
    "--config",
    config,
    "--light-key",
    "--register",
    "--operator-key",
    operatorKey,
    "--recorder-address",
    recorder.address,
    "--json",
  ]
  const { stdout } = await promisify(execFile)(process.execPath, [places.berthNode, ...init])
  rmSync(operatorKey)
  const { node } = JSON.parse(stdout.trim().split("\n").at(-1)!) as { node: Address }
  const address = node.toLowerCase() as Address
  const behind = start.staked?.then(() => putBehind(start.chain, operator, { address }, STAKE))
  await Promise.all([runNode(places, processes, offer.name, config), behind])
  return { name: offer.name, dataDir: dir, address }
}

async function runNode(places: Places, processes: Processes, name: string, config: string): Promise<void> {
  const child = processes.start({ name, command: process.execPath, args: [places.berthNode, "start", "--config", config, "--json"] })
  await line(name, child, processes, '"event":"ready"')
}

function nodeConfig(o: Omit<NodeStart, "processes" | "operator"> & { dir: string; listen: number }): string {
  const text = JSON.stringify
  return `deployment = ${text(o.chain.deploymentFile)}
rpcUrl = ${text(o.chain.rpcUrl)}
dataDir = ${text(o.dir)}
passphraseFile = ${text(o.places.passphraseFile)}
listen = ["/ip4/127.0.0.1/tcp/${o.listen}"]
engineSocket = ${text(o.engineSocket)}
instance = ${text(`${o.places.label}-${o.offer.name}`)}
tier = ${text(o.offer.tier)}
region = ${text(o.offer.region)}
recorders = [${text(o.recorder.addresses[0])}]
confirmations = 0
chainPollMs = 500

[[offers]]
class = "cpu/x86-64"
count = 2
price = ${o.offer.price}
memoryMiB = 512
discounts = [${TERMS.map((term, i) => `{ term = ${term}, bps = ${o.offer.discounts[i]} }`).join(", ")}]

[disk]
floorBytes = ${2 ** 30}

[reservations]
enabled = true
collateralBps = 2000
claimEveryDays = ${o.claimEveryDays}
`
}

/** The indexer with PGlite; resolves once it answers GraphQL. */
async function startIndexer(places: Places, processes: Processes, chain: LocalChain, port: number): Promise<void> {
  const child = processes.start({
    name: "indexer",
    command: process.execPath,
    args: [join(import.meta.dirname, "indexer-process.ts"), chain.deploymentFile, join(places.state, "indexer"), String(port)],
  })
  await until(
    "indexer",
    child,
    processes,
    async () => {
      const response = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined)
      return response?.ok ? true : undefined
    },
    INDEXER_READY_MS,
  )
}

/** The tenant's profile and its agent, a process like the others. */
export async function startTenant(
  chain: LocalChain,
  places: Places,
  processes: Processes,
): Promise<{ client: BerthClient; agent: ConnectedAgent }> {
  const created = await promisify(execFile)(process.execPath, [places.berth, "account", "create", "--light", "--json"])
  const { account: address } = JSON.parse(created.stdout) as { account: Address }
  await chain.fund(address, { eth: parseEther("10"), usd: parseCredits("100") })
  const child = processes.start({ name: "agent", command: process.execPath, args: [places.berth, "agent"] })
  const agent = await until("agent", child, processes, () => connectAgent().catch(() => undefined))
  const client = createBerthClient({ deployment: readDeployment(chain.deploymentFile), transport: http(chain.rpcUrl) })
  return { client: withAgent(client, agent), agent }
}

/** On a real day five minutes pass between midnight and settlement; here they are skipped, so the nodes are asked. */
async function handedOver(nodes: readonly MarketNode[]): Promise<void> {
  for (const { name, dataDir } of nodes) {
    const deadline = Date.now() + READY_MS
    while ((await askNode<{ recorder: { lag: number } }>(dataDir, { ask: "status" })).recorder.lag > 0) {
      if (Date.now() > deadline) throw new Error(`${name} could not hand its receipts to the recorder`)
      await new Promise((r) => setTimeout(r, 100))
    }
  }
}

async function headSeen(places: Places, chain: LocalChain, nodes: readonly MarketNode[]): Promise<bigint> {
  const { number, timestamp } = await chain.client.getBlock()
  const deadline = Date.now() + READY_MS
  const seenIn = async (name: string, view: () => Promise<{ block: number | string | null }>) => {
    while (BigInt((await view()).block ?? 0) < number) {
      if (Date.now() > deadline) throw new Error(`${name} did not see block ${number} within ${READY_MS / 1000} s: its log tells why`)
      await new Promise((r) => setTimeout(r, 50))
    }
  }
  await seenIn("recorder", () => askRecorder(recorderSocket(places), "GET", "/status"))
  for (const { name, dataDir } of nodes)
    await seenIn(name, async () => (await askNode<{ chain: { block: string | null } }>(dataDir, { ask: "status" })).chain)
  return timestamp
}
