import { expect } from "chai"
import { createPublicClient, http } from "viem"
import { plainError } from "./log.ts"

describe("an error in a log", () => {
  it("says what viem said of a real request, and not the key in the RPC's URL", async () => {
    const client = createPublicClient({ transport: http("http://127.0.0.1:1/v2/sEcReT?token=sEcReT", { retryCount: 0 }) })
    const error = await client.getBlockNumber().then(
      () => expect.fail("somebody listens at port 1"),
      (cause: Error) => new Error("the block loop failed", { cause }),
    )
    expect(error.cause, "viem says it").to.have.property("message").that.includes("sEcReT")
    for (const each of [error, error.cause as Error]) {
      const logged = JSON.stringify(plainError(each))
      expect(logged).to.include("127.0.0.1:1").and.include("HTTP request failed").and.not.include("sEcReT")
    }
  })

  it("keeps codes and what else is short", () => {
    const error = Object.assign(new Error("no room"), { code: "ENOSPC", errno: -28, deep: { url: "x" } })
    expect(plainError(error)).to.include({ type: "Error", message: "no room", code: "ENOSPC", errno: -28 }).and.not.have.property("deep")
  })
})
