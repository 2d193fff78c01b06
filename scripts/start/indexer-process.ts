// The indexer's process: starts Ponder again when it asks for that (exit code 75), ends when told to.
import { startIndexer } from "../../indexer/start.ts"

const [deploymentFile, stateDir, port] = process.argv.slice(2) as [string, string, string]
const TRY_AGAIN = 75
let stopping = false
let code: number
do {
  const indexer = await startIndexer({ deploymentFile, stateDir, port: Number(port), log: (line) => console.log(line) })
  const stop = () => {
    stopping = true
    void indexer.stop()
  }
  process.once("SIGTERM", stop)
  code = await indexer.ended
  process.off("SIGTERM", stop)
} while (code === TRY_AGAIN && !stopping)
process.exit(stopping ? 0 : code)
