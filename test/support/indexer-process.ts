// The indexer as `npm start` runs it: a process of its own, which starts Ponder and starts it again when that asks for it.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, openSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { freePort } from "../../scripts/start/ports.ts"

const LIMIT_MS = 90_000

export class IndexerProcess {
  readonly #process: ChildProcess
  readonly #url: string
  readonly #log: string

  private constructor(child: ChildProcess, url: string, log: string) {
    this.#process = child
    this.#url = url
    this.#log = log
  }

  /** Starts it with an empty database in a new folder below `dir`; it is not ready yet. */
  static async start(deploymentFile: string, dir: string): Promise<IndexerProcess> {
    const place = mkdtempSync(join(dir, "indexer-"))
    const logFile = join(place, "log")
    const log = openSync(logFile, "a")
    const port = await freePort(0)
    const entry = join(import.meta.dirname, "../../scripts/start/indexer-process.ts")
    // A group of its own: Ponder, which it starts, is killed with it.
    const child = spawn(process.execPath, [entry, deploymentFile, place, `${port}`], { detached: true, stdio: ["ignore", log, log] })
    const indexer = new IndexerProcess(child, `http://127.0.0.1:${port}`, logFile)
    process.once("exit", () => indexer.#killGroup())
    return indexer
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null
  }

  /** All blocks up to now are indexed. */
  async ready(): Promise<void> {
    const deadline = performance.now() + LIMIT_MS
    while (!(await this.#ask("/ready"))?.ok) {
      if (!this.alive || performance.now() > deadline)
        throw new Error(
          `the indexer is ${this.alive ? `not ready in ${LIMIT_MS} ms` : "gone"}\n${readFileSync(this.#log, "utf8").slice(-2_000)}`,
        )
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  /** The nodes that GraphQL names; undefined when nobody answers. */
  async nodes(): Promise<string[] | undefined> {
    const answer = await this.#ask("/graphql", { query: "{ nodes { items { id } } }" })
    if (!answer?.ok) return undefined
    const { data } = (await answer.json()) as { data: { nodes: { items: { id: string }[] } } }
    return data.nodes.items.map(({ id }) => id)
  }

  async kill(): Promise<void> {
    if (!this.alive) return
    const ended = once(this.#process, "exit")
    this.#killGroup()
    await ended
  }

  #killGroup(): void {
    if (this.alive) process.kill(-this.#process.pid!, "SIGKILL")
  }

  #ask(path: string, body?: object): Promise<Response | undefined> {
    const post = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
    return fetch(this.#url + path, { signal: AbortSignal.timeout(5_000), ...(body && post) }).catch(() => undefined)
  }
}
