// The indexer's process: starts Ponder again when it asks for that (exit code 75), ends when told to.
import { setTimeout as sleep } from "node:timers/promises"
import { startIndexer } from "../../indexer/start.ts"

const [deploymentFile, stateDir, port] = process.argv.slice(2) as [string, string, string]
const TRY_AGAIN = 75
const MOST_WAIT_MS = 30_000
const stopping = new AbortController()
process.once("SIGTERM", () => stopping.abort())

let code: number
// Longer each time: what it lacks, such as the chain's RPC, may be gone for hours.
for (let waitMs = 1_000; ; waitMs = Math.min(MOST_WAIT_MS, 2 * waitMs)) {
  const began = performance.now()
  const indexer = await startIndexer({ deploymentFile, stateDir, port: Number(port), log: (line) => console.log(line) })
  const stop = () => void indexer.stop()
  stopping.signal.addEventListener("abort", stop)
  if (stopping.signal.aborted) stop()
  code = await indexer.ended
  stopping.signal.removeEventListener("abort", stop)
  if (code !== TRY_AGAIN || stopping.signal.aborted) break
  if (performance.now() - began > MOST_WAIT_MS) waitMs = 1_000
  await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {})
  if (stopping.signal.aborted) break
}
process.exit(stopping.signal.aborted ? 0 : code)
