// The chain as an OS process of its own: Hardhat's simulated network behind JSON-RPC, with no files read or written.
// Its one line on stdout is the port. It ends with SIGTERM, or when stdin closes: a chain never outlives whoever started it.
import { parseArgs } from "node:util"
import { createHardhatRuntimeEnvironment } from "hardhat/hre"
import { CHAIN_ID, DEV_MNEMONIC } from "./accounts.ts"

const { values } = parseArgs({
  options: { port: { type: "string" }, "block-time": { type: "string" } },
})

const hre = await createHardhatRuntimeEnvironment({
  networks: {
    local: {
      type: "edr-simulated",
      chainType: "l1",
      chainId: CHAIN_ID,
      accounts: { mnemonic: DEV_MNEMONIC, count: 20 },
      // Many transactions a second must not push chain time ahead of the clock.
      allowBlocksWithSameTimestamp: true,
      // Automine while the contracts deploy; whoever started the chain may turn it off afterwards.
      mining: { auto: true, interval: Number(values["block-time"]) },
    },
  },
})
const server = await hre.network.createServer("local", "127.0.0.1", Number(values.port))
const { port } = await server.listen()
process.stdout.write(`${JSON.stringify({ port })}\n`)
const end = () => process.exit(0)
process.on("SIGTERM", end)
process.stdin.on("end", end).on("error", end).resume()
