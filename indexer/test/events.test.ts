// Every event of the contracts is indexed, or stands here with the reason why it is not.
import { readdir, readFile } from "node:fs/promises"
import { berthAbi, computeRecordsAbi, reservationsAbi, verifiersAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import type { Abi } from "viem"

/** By the names under which ponder.config.ts has them. */
const ABIS: Record<string, Abi> = {
  Berth: berthAbi,
  Reservations: reservationsAbi,
  Verifiers: verifiersAbi,
  ComputeRecords: computeRecordsAbi,
}

const NOT_INDEXED: Record<string, string> = {
  "Reservations:Approval": "who may transfer a token: it moves nothing, and wallets and markets ask the contract",
  "Reservations:ApprovalForAll": "as Approval",
}

describe("what the indexer listens to", () => {
  it("is every event of the four contracts but those named here", async () => {
    const sources = new URL("../src/", import.meta.url)
    const files = (await readdir(sources, { recursive: true })).filter((path) => path.endsWith(".ts"))
    const text = (await Promise.all(files.map((path) => readFile(new URL(path, sources), "utf8")))).join("\n")
    const listened = [...text.matchAll(/ponder\.on\(\s*"(\w+:\w+)"/g)].map((match) => match[1]!).filter((name) => name !== "Berth:setup")
    const emitted = Object.entries(ABIS).flatMap(([contract, abi]) =>
      abi.flatMap((item) => (item.type === "event" ? [`${contract}:${item.name}`] : [])),
    )
    expect([...listened, ...Object.keys(NOT_INDEXED)].sort()).to.deep.equal(emitted.sort())
  })
})
