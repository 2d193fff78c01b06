import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { BerthError } from "../errors.ts"
import { connectAgent } from "./connect.ts"

describe("connectAgent", () => {
  let home: string
  let server: Server | undefined
  const { BERTH_HOME, BERTH_PROFILE } = process.env
  const listen = async (profile: string) => {
    mkdirSync(join(home, profile), { mode: 0o700 })
    const called = Promise.withResolvers<void>()
    server = createServer(() => called.resolve())
    await new Promise<void>((resolve) => server!.listen(join(home, profile, "agent.sock"), resolve))
    return called.promise
  }

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "berth-connect-"))
    process.env.BERTH_HOME = home
    delete process.env.BERTH_PROFILE
  })
  afterEach(async () => {
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
    server = undefined
    for (const [name, value] of Object.entries({ BERTH_HOME, BERTH_PROFILE }))
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    rmSync(home, { recursive: true })
  })

  it("finds the agent that berth uses here", async () => {
    const called = listen("default")
    const agent = await connectAgent()
    await called
    agent.disconnect()
  })

  it("finds another profile's", async () => {
    const called = listen("work")
    const agent = await connectAgent({ profile: "work" })
    await called
    agent.disconnect()
  })

  it("says so when there is none", async () => {
    mkdirSync(join(home, "default"), { mode: 0o700 })
    const error = await connectAgent().catch((e: unknown) => e)
    expect(error).instanceOf(BerthError).include({ code: "no_agent" })
    expect((error as Error).message).contain(join(home, "default", "agent.sock"))
  })
})
