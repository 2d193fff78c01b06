// A tenant's container with bad intentions, leased from the real node: it reaches nobody but the open Internet.
import { createServer, type Server } from "node:http"
import { networkInterfaces } from "node:os"
import { expect } from "chai"
import { bridgeName } from "../../provider-node/src/runner/docker/firewall.ts"
import { callEngine } from "../../scripts/engine/api.ts"
import type { ConnectedAgent } from "../../tenant-sdk/src/index.ts"
import { FaultWorld, type NodeSetup } from "../support/fault-world.ts"
import { PlainContainers } from "../support/plain-containers.ts"
import { found, knocking, Surroundings } from "../support/surroundings.ts"
import { TcpProxy } from "../support/tcp-proxy.ts"

const SERVES = "echo INSIDE > /tmp/index.html; httpd -p 8080 -h /tmp; echo up; sleep 90"

describe("a hostile container on a real node", function () {
  this.timeout(120_000)
  let world: FaultWorld
  let node: NodeSetup
  let agent: ConnectedAgent
  let server: Server
  let rpc: TcpProxy
  let plain: PlainContainers
  let around: Surroundings
  before(async () => {
    world = await FaultWorld.start()
    server = createServer((_, response) => response.end("REACHED"))
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve))
    // Node and RPC listen at all of the machine's addresses, as an operator's may.
    rpc = await TcpProxy.to(Number(new URL(world.chain.rpcUrl).port), "0.0.0.0")
    node = await world.node()
    plain = await PlainContainers.start(world.engine.socketPath, world.image)
    around = await Surroundings.start([bridgeName(node.name), plain.bridge])
    await world.startNode(node, { settings: { listen: [node.multiaddr.replace("127.0.0.1", "0.0.0.0").replace(/\/p2p.*/, "")] } })
    ;({ agent } = await world.startAgent(await world.tenant()))
    await agent.openTab({ node: node.address, amount: 1_000_000_000n })
  })
  after(async () => {
    await around?.stop()
    await plain?.stop()
    await rpc?.cut()
    server?.closeAllConnections()
    server?.close()
    await world?.stop()
  })

  const run = (script: string) =>
    agent.run({ image: world.image, command: ["sh", "-c", script], class: "cpu/x86-64", node: node.address, hours: 0.01 })

  async function said(ref: string, until: RegExp): Promise<string> {
    let text = ""
    for await (const { data } of agent.logs(ref, { follow: true })) {
      text += Buffer.from(data).toString()
      if (until.test(text)) break
    }
    return text
  }

  it("reaches neither host, node, chain, LAN, metadata service nor another tenant, all of which are there, but the Internet", async () => {
    const neighbour = await run(SERVES)
    await said(neighbour.leaseId, /up/)
    const address = await addressOf(node)
    expect(address, "the node gives leases no network here, so nothing could fail: run this as root on Linux with iptables").not.equal("")
    expect(await get(`http://${address}:8080/`)).to.include("INSIDE")

    const { port } = server.address() as { port: number }
    const ports = [`${port}`, /tcp\/(\d+)/.exec(node.multiaddr)![1]!, new URL(rpc.url).port]
    const own = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).filter((a) => a.family === "IPv4" && !a.internal))
    const doors = [...own.flatMap((a) => ports.map((p) => `${a.address}:${p}`)), ...around.forbidden].sort()
    expect(own).not.to.have.length(0)

    // The control: anybody else's container on this machine reaches all of it, and its own neighbour.
    const beside = await plain.serve(SERVES)
    const reached = found("OPEN", await plain.output(knocking([...doors, `${beside}:8080`, around.internet])))
    expect(reached).to.deep.equal([...doors, `${beside}:8080`, around.internet].sort())

    const own127 = ports.map((p) => `127.0.0.1:${p}`)
    const script = knocking([...doors, ...own127, `${address}:8080`, around.internet])
    const socket = "ls /var/run/docker.sock /run/docker.sock 2>/dev/null && echo OPEN socket"
    const hostile = await run(`${socket}\n${script}`)
    const text = await said(hostile.leaseId, /DONE/)
    console.log(`      ${found("SHUT", text).length} doors tried and found shut`)
    expect(found("SHUT", text)).to.deep.equal([...doors, ...own127, `${address}:8080`].sort())
    expect(found("OPEN", text)).to.deep.equal([around.internet])
  })

  /** The neighbour's address in the node's own network; empty when leases have no network here. */
  async function addressOf(of: NodeSetup): Promise<string> {
    const [container] = await world.containers(of)
    const text = await callEngine({ socketPath: world.engine.socketPath, path: `/containers/${container!.id}/json` })
    const networks = Object.values(
      (JSON.parse(text) as { NetworkSettings: { Networks: Record<string, { IPAddress: string }> } }).NetworkSettings.Networks,
    )
    return networks[0]?.IPAddress ?? ""
  }
})

async function get(url: string): Promise<string> {
  return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).text()
}
