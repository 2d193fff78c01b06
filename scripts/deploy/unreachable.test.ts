import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { expect } from "chai"
import { type BareChain, deployer, localParameters, optionsOf, startBareChain } from "./chain.fixture.ts"
import { dryRun, runDeployment } from "./deploy.ts"

const KEY = "q7Wk-customers-key"

interface Gate {
  /** With a key in its path, as providers' have. */
  readonly rpcUrl: string
  readonly host: string
  close(): Promise<void>
}

/** An RPC in front of `chain` that answers as `answer` says: this HTTP status, what the chain says (200), or nothing at all (0). */
async function startGate(chain: BareChain, answer: (method: string) => number): Promise<Gate> {
  const server: Server = createServer(async (request, response) => {
    let body = ""
    for await (const part of request) body += part
    const { method } = JSON.parse(body) as { method: string }
    const status = answer(method)
    if (status === 0) return void request.socket.destroy()
    response.writeHead(status, { "content-type": "application/json" })
    if (status !== 200) return void response.end(JSON.stringify({ message: `no: ${request.url}` }))
    const upstream = await fetch(chain.rpcUrl, { method: "POST", body, headers: { "content-type": "application/json" } })
    response.end(await upstream.text())
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, "close")
  }
  return { rpcUrl: `http://${host}/v2/${KEY}?token=${KEY}`, host, close }
}

describe("deployment over an RPC that is silent or says no", function () {
  this.timeout(60_000)
  let chain: BareChain
  const gates: Gate[] = []
  before(async () => {
    chain = await startBareChain()
  })
  after(async () => {
    for (const gate of gates) await gate.close()
    await chain.stop()
  })

  async function gateOf(answer: (method: string) => number): Promise<Gate> {
    const gate = await startGate(chain, answer)
    gates.push(gate)
    return gate
  }
  const failureOf = (attempt: Promise<unknown>) =>
    attempt.then(
      () => undefined,
      (error: Error) => error,
    )
  const sent = () => chain.client.getTransactionCount({ address: deployer.address })

  async function refuses(name: string, gate: Pick<Gate, "rpcUrl" | "host">, saying: RegExp): Promise<void> {
    const options = { ...optionsOf(chain, localParameters()), rpcUrl: gate.rpcUrl }
    for (const attempt of [dryRun, runDeployment]) {
      const error = await failureOf(attempt(options))
      expect(error?.name, error?.message).equal(name)
      expect(error?.message).match(saying).contain(gate.host).contain("local").not.contain(KEY)
    }
    expect(await sent()).equal(0)
  }

  it("RpcUnreachable: nobody listens, the connection is cut, 429 or 503; the host is named, a key in the URL is not", async () => {
    await refuses("RpcUnreachable", { rpcUrl: `http://127.0.0.1:1/v2/${KEY}`, host: "127.0.0.1:1" }, /does not answer/)
    for (const [status, saying] of [
      [0, /does not answer/],
      [429, /HTTP 429/],
      [503, /HTTP 503/],
    ] as const)
      await refuses("RpcUnreachable", await gateOf(() => status), saying)
  })

  it("RpcRefused: 401; and it is not taken for a reserve without decimals", async () => {
    await refuses("RpcRefused", await gateOf(() => 401), /HTTP 401/)
    const gate = await gateOf((method) => (method === "eth_call" ? 503 : 200))
    const parameters = { ...localParameters(), reserve: deployer.address }
    await chain.client.setCode({ address: deployer.address, bytecode: "0x00" })
    const error = await failureOf(dryRun({ ...optionsOf(chain, parameters), rpcUrl: gate.rpcUrl }))
    await chain.client.setCode({ address: deployer.address, bytecode: "0x" })
    expect(error?.name, error?.message).equal("RpcUnreachable")
  })

  it("as a command: its name first, no stack, exit 75", async () => {
    const args = ["--network", "local", "--rpc", `http://127.0.0.1:1/v2/${KEY}`, "--dry-run"]
    const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), ...args], { stdio: ["ignore", "pipe", "pipe"] })
    let said = ""
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data))
    const [code] = await once(child, "close")
    expect(said)
      .match(/^RpcUnreachable: /)
      .not.match(/\n\s+at /)
      .not.contain(KEY)
    expect(code).equal(75)
  })

  it("RpcUnreachable in the middle of sending, by whichever side asks; run again, it completes", async () => {
    for (const status of [0, 503]) {
      let cut = false
      const gate = await gateOf((method) => {
        // The first transaction gets through, its answer too; then it is silent.
        const now = cut ? status : 200
        if (method === "eth_sendRawTransaction") cut = true
        return now
      })
      const options = optionsOf(chain, localParameters(), join(chain.dir, `state-${status}`))
      await chain.client.setBalance({ address: deployer.address, value: 10n ** 20n })
      const before = await chain.client.snapshot()
      const error = await failureOf(runDeployment({ ...options, rpcUrl: gate.rpcUrl }))
      expect(error?.name, error?.stack).equal("RpcUnreachable")
      expect(error?.message).contain(gate.host).contain("run the same command again").not.contain(KEY)
      const { berth } = await runDeployment(options)
      expect(await chain.client.getCode({ address: berth })).not.equal(undefined)
      await chain.client.revert({ id: before })
    }
  })
})
