import { berthAbi, computeRecordsAbi, reservationsAbi, verifiersAbi } from "@berth/protocol/abi"
import { createConfig } from "ponder"
import { indexerConfig } from "./config.ts"

const { deployment, rpcUrl, wsUrl, local, pollingInterval, databaseUrl, pgliteDirectory } = indexerConfig()

export default createConfig({
  database: databaseUrl ? { kind: "postgres", connectionString: databaseUrl } : { kind: "pglite", directory: pgliteDirectory },
  chains: {
    // A local chain starts anew under the same id: what was cached of the last one is wrong.
    berth: { id: deployment.chainId, rpc: rpcUrl, ws: wsUrl, pollingInterval, disableCache: local },
  },
  contracts: {
    Berth: { chain: "berth", abi: berthAbi, address: deployment.berth, startBlock: deployment.startBlock },
    Reservations: { chain: "berth", abi: reservationsAbi, address: deployment.reservations, startBlock: deployment.startBlock },
    Verifiers: { chain: "berth", abi: verifiersAbi, address: deployment.verifiers, startBlock: deployment.startBlock },
    ComputeRecords: { chain: "berth", abi: computeRecordsAbi, address: deployment.computeRecords, startBlock: deployment.startBlock },
  },
})
