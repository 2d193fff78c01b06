import { inspect } from "node:util"
import { expect } from "chai"
import { createPublicClient, http } from "viem"
import { chainError } from "./errors.ts"

describe("an RPC that does not answer", () => {
  it("is named without the key that its URL holds, with all of the error's causes", async () => {
    const client = createPublicClient({ transport: http("http://user:word@127.0.0.1:9/v2/SECRET?key=SECRET", { retryCount: 0 }) })
    const cause = await client.getBlockNumber().catch((error) => error)
    expect(inspect(cause)).to.contain("SECRET")
    const error = chainError("the newest block", cause)
    expect(error.message).to.contain("HTTP request failed")
    expect(inspect(error)).not.to.match(/SECRET|word/)
    expect(chainError("it", new Error("no way to wss://a:b@host.example/v3/SECRET now")).message).to.contain("wss://host.example now")
  })
})
