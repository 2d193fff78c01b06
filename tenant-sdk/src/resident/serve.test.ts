// What an agent answers on its socket to requests that make no sense: its own words, or a line that ends. Never silence.
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { http } from "viem"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import type { Agent } from "../agent/agent.ts"
import { startAgent } from "../agent/start-agent.ts"
import { createBerthClient } from "../client.ts"
import { serveAgent } from "./serve.ts"
import type { Reply } from "./wire.ts"

describe("an agent's socket", function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-serve-"))
  const path = join(dir, "own", "agent.sock")
  let chain: LocalChain
  let agent: Agent
  let server: Awaited<ReturnType<typeof serveAgent>>

  before(async () => {
    chain = await startLocalChain({ stateDir: join(dir, "chain"), blockTimeMs: 0 })
    const deployment = { ...chain.deployment, startBlock: BigInt(chain.deployment.startBlock) }
    const client = createBerthClient({ deployment, transport: http(chain.rpcUrl) })
    agent = await startAgent({ client, store: join(dir, "agent.db"), key: new Uint8Array(32).fill(7) })
    const never = () => {}
    server = await serveAgent({ agent, socket: path, idleMs: 3_600_000, onIdle: never, onShutdown: never })
  })
  after(async () => {
    await server?.close()
    await agent?.shutdown()
    await chain?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  /** The first answer to a line, or `closed`. */
  async function say(line: string): Promise<Reply | "closed"> {
    const socket = connect(path).setEncoding("utf8")
    await once(socket, "connect")
    socket.write(`${line}\n`)
    const answer = once(socket, "data").then(([text]) => JSON.parse((text as string).split("\n")[0]!) as Reply)
    const said = await Promise.race([answer, once(socket, "close").then(() => "closed" as const)])
    socket.destroy()
    return said
  }

  for (const line of ["1", "null", '"info"', "[]", "{}", '{"call":"info","args":[]}', '{"id":"a","call":"info","args":[]}', "{"])
    it(`hangs up on ${line}`, async () => {
      expect(await say(line)).equal("closed")
    })

  for (const line of ['{"id":3}', '{"id":3,"call":"info"}', '{"id":3,"call":7,"args":[]}', '{"id":3,"call":"info","args":{"length":1}}'])
    it(`says what is wrong with ${line}`, async () => {
      const reply = await say(line)
      expect(reply).deep.include({ id: 3 }).and.have.nested.property("error.code", "malformed")
    })

  it("says so when it knows no such call, and goes on", async () => {
    expect(await say('{"id":4,"call":"constructor","args":[]}')).have.nested.property("error.code", "unsupported")
    expect(await say('{"id":5,"call":"info","args":[]}')).have.nested.property("result.pid", process.pid)
  })
})
