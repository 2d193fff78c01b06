// A tenant's container with bad intentions, leased from the real node: it reaches nobody but the open Internet.
import { createServer, type Server } from "node:http"
import { networkInterfaces } from "node:os"
import { expect } from "chai"
import { callEngine } from "../../scripts/engine/api.ts"
import type { ConnectedAgent } from "../../tenant-sdk/src/index.ts"
import { FaultWorld, type NodeSetup } from "../support/fault-world.ts"

const METADATA = ["169.254.169.254:80", "169.254.170.2:80", "100.100.100.200:80"]
const LAN = ["10.0.0.1:80", "172.16.0.1:80", "192.168.0.1:80", "192.168.1.1:80"]

describe("a hostile container on a real node", function () {
  this.timeout(120_000)
  let world: FaultWorld
  let node: NodeSetup
  let agent: ConnectedAgent
  let server: Server
  before(async () => {
    world = await FaultWorld.start()
    server = createServer((_, response) => response.end("REACHED"))
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve))
    node = await world.node()
    await world.startNode(node)
    ;({ agent } = await world.startAgent(await world.tenant()))
    await agent.openTab({ node: node.address, amount: 1_000_000_000n })
  })
  after(async () => {
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

  it("reaches neither host, node, chain, LAN, metadata service nor another tenant", async () => {
    const neighbour = await run("echo INSIDE > /tmp/index.html; httpd -p 8080 -h /tmp; echo up; sleep 90")
    await said(neighbour.leaseId, /up/)
    const address = await addressOf(node)
    const { port } = server.address() as { port: number }
    const own = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter((a) => a.family === "IPv4" && !a.internal)
      .map((a) => a.address)
    // The control: what the container must not reach is there, for the host itself.
    expect(own).not.to.have.length(0)
    for (const ip of own) expect(await get(`http://${ip}:${port}/`)).to.include("REACHED")
    if (address) expect(await get(`http://${address}:8080/`)).to.include("INSIDE")

    const nodePort = /tcp\/(\d+)/.exec(node.multiaddr)![1]!
    const ports = [`${port}`, nodePort, new URL(world.chain.rpcUrl).port]
    const targets = [...own.flatMap((ip) => ports.map((p) => `${ip}:${p}`)), ...METADATA, ...LAN, ...(address ? [`${address}:8080`] : [])]
    const tries = targets.map((t) => `(nc -w 2 ${t.replace(":", " ")} </dev/null >/dev/null 2>&1 && echo OPEN ${t} || echo SHUT ${t}) &`)
    const loopback = ports.map((p) => `(nc -w 1 127.0.0.1 ${p} </dev/null >/dev/null 2>&1 && echo OPEN self:${p} || echo SHUT self:${p}) &`)
    const gateway = `g=$(ip route | awk '/default/ {print $3}'); for p in ${ports.join(" ")}; do nc -w 2 $g $p </dev/null >/dev/null 2>&1 && echo OPEN gateway:$p; done`
    const hostile = await run(
      `httpd -p 9999 -h /tmp; nc -w 1 127.0.0.1 9999 </dev/null && echo KNOCKS\n${[...tries, ...loopback].join("\n")}\n${gateway}\nls /var/run/docker.sock /run/docker.sock 2>/dev/null && echo OPEN socket\nwait; echo DONE`,
    )
    const text = await said(hostile.leaseId, /DONE/)
    console.log(
      `      ${text.match(/SHUT/g)?.length ?? 0} doors tried, all shut${address ? "" : "; this machine gives containers no network at all"}`,
    )
    expect(text, "its way of knocking works: it finds its own door").to.include("KNOCKS")
    expect(text).not.to.match(/OPEN|REACHED|INSIDE/)
    for (const target of targets) expect(text).to.include(`SHUT ${target}`)
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
