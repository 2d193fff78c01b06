// From a mined block to its event in the indexer's GraphQL: at most one poll (the indexer polls only where no WebSocket announces blocks).
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { berthAbi, testUsdAbi } from "@berth/protocol/abi"
import { parseEther } from "viem"
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts"
import { startIndexer } from "../indexer/start.ts"
import { devAccount, startLocalChain } from "../scripts/local-chain/index.ts"
import { loadNow, type Spread, spreadOf } from "./support/figures.ts"

const ROUNDS = 20
const WARM_UP = 3
/** indexer/ponder.config.ts */
const POLL_MS = 200

export interface Visible {
  readonly minedToGraphqlMs: Spread
  readonly barMs: number
  readonly load: number
}

export async function measureVisible(): Promise<Visible> {
  const dir = mkdtempSync(join(tmpdir(), "berth-bench-index-"))
  const chain = await startLocalChain({ stateDir: dir, blockTimeMs: 2_000 })
  const indexer = await startIndexer({ deploymentFile: chain.deploymentFile, stateDir: dir })
  try {
    await indexer.ready
    const { client, deployment } = chain
    const payer = devAccount(2)
    const amount = 1_000_000n
    await chain.fund(payer.address, { eth: parseEther("1"), usd: amount * 100n })
    const write = async (address: `0x${string}`, abi: unknown, functionName: string, args: unknown[]) => {
      const hash = await client.writeContract({ account: payer, address, abi, functionName, args } as never)
      return client.waitForTransactionReceipt({ hash, pollingInterval: 5 })
    }
    await write(deployment.reserve, testUsdAbi, "approve", [deployment.berth, amount * 100n])
    const times: number[] = []
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const holder = privateKeyToAccount(generatePrivateKey()).address.toLowerCase()
      await write(deployment.berth, berthAbi, "deposit", [amount, holder])
      const mined = performance.now()
      while (!(await hasAccount(indexer.graphqlUrl, holder))) await new Promise((r) => setTimeout(r, 2))
      if (round >= WARM_UP) times.push(performance.now() - mined)
      // Somewhere between two polls, as events come.
      await new Promise((r) => setTimeout(r, 150 + Math.random() * POLL_MS))
    }
    return { minedToGraphqlMs: spreadOf(times), barMs: POLL_MS, load: loadNow() }
  } finally {
    await indexer.stop()
    await chain.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function hasAccount(url: string, id: string): Promise<boolean> {
  const query = `{ account(id: "${id}") { id } }`
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ query }) })
  const { data, errors } = (await answer.json()) as { data?: { account: unknown }; errors?: unknown }
  if (errors) throw new Error(`the indexer answers ${JSON.stringify(errors)}`)
  return data?.account != null
}

if (import.meta.main) console.log(JSON.stringify(await measureVisible(), null, 2))
