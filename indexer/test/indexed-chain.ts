import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { type LocalChain, startLocalChain } from "../../scripts/local-chain/index.ts"
import { TestMarket } from "../../test/support/market.ts"
import { type Indexer, startIndexer } from "../start.ts"
import { type Postgres, startPostgres } from "./postgres.ts"

export type DatabaseKind = "PGlite" | "PostgreSQL"

/** A chain with Berth, a market to play on it, and an indexer that follows it. */
export class IndexedChain {
  readonly chain: LocalChain
  readonly market: TestMarket
  readonly #dir: string
  readonly #postgres: Postgres | undefined
  #indexer: Indexer | undefined

  private constructor(chain: LocalChain, dir: string, postgres: Postgres | undefined) {
    this.chain = chain
    this.market = new TestMarket(chain)
    this.#dir = dir
    this.#postgres = postgres
  }

  /** Chain and database; the indexer waits for `start`. */
  static async open(kind: DatabaseKind): Promise<IndexedChain> {
    const dir = mkdtempSync(join(tmpdir(), "berth-indexer-"))
    const chain = await startLocalChain({ stateDir: dir, blockTimeMs: 500 })
    return new IndexedChain(chain, dir, kind === "PostgreSQL" ? await startPostgres() : undefined)
  }

  get indexer(): Indexer {
    return this.#indexer!
  }

  async start(): Promise<void> {
    const started = performance.now()
    const database = this.#postgres ? { databaseUrl: this.#postgres.url } : {}
    this.#indexer = await startIndexer({ deploymentFile: this.chain.deploymentFile, stateDir: this.#dir, ...database })
    await this.#indexer.ready
    console.log(`      ready after ${Math.round(performance.now() - started)} ms`)
  }

  async stop(): Promise<void> {
    await this.#indexer?.stop()
    await this.chain.stop()
    await this.#postgres?.stop()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  // biome-ignore lint/suspicious/noExplicitAny: answers of GraphQL
  async query(text: string): Promise<any> {
    const body = JSON.stringify({ query: text })
    const response = await fetch(this.indexer.graphqlUrl, { method: "POST", headers: { "content-type": "application/json" }, body })
    const { data, errors } = (await response.json()) as { data: unknown; errors?: unknown }
    if (errors) throw new Error(JSON.stringify(errors))
    return data
  }

  /** Waits until the head of now is indexed. */
  async caughtUp(): Promise<void> {
    const head = Number(await this.chain.client.getBlockNumber())
    let ended: number | undefined
    this.indexer.ended.then((code) => {
      ended = code
    })
    while (ended === undefined) {
      const status = (await (await fetch(`${this.indexer.url}/status`)).json()) as { berth?: { block: { number: number } } }
      if ((status.berth?.block.number ?? 0) >= head) return
      await sleep(20)
    }
    throw new Error(`the indexer ended with code ${ended}`)
  }
}
