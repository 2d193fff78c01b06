import { createServer } from "node:http"
import { connect } from "node:net"
import { networkInterfaces } from "node:os"
import { expect } from "chai"
import Docker from "dockerode"
import { found, knocking, Surroundings } from "../../../../test/support/surroundings.ts"
import { EngineFixture, saw } from "./engine.fixture.ts"
import { bridgeName, firewallRules, ownSubnets, takeDownFirewall } from "./firewall.ts"
import { containerName } from "./hardening.ts"

describe("Isolation of real containers", function () {
  this.timeout(60_000)
  let fixture: EngineFixture
  before(async () => {
    fixture = await EngineFixture.start()
  })
  after(() => fixture.stop())

  it("leaves no capability, no new privileges, a seccomp filter and few devices", async () => {
    const said = await fixture.output(
      "grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status; ls /dev | wc -l; mount -t tmpfs none /mnt 2>&1; chown 1 /tmp 2>&1; ls /run/docker.sock /var/run/docker.sock 2>&1",
    )
    for (const name of ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]) expect(said).to.match(new RegExp(`${name}:\\s0{16}`))
    expect(said)
      .to.match(/NoNewPrivs:\s1/)
      .and.match(/Seccomp:\s2/)
    expect(said)
      .to.match(/mount: .*(denied|permitted)/)
      .and.match(/chown: .*(denied|permitted)/)
  })

  it("keeps memory, processes and a read-only root within bounds", async () => {
    const said = await fixture.output(
      "touch /x 2>&1; touch /tmp/y /out/z && echo wrote; i=0; while [ $i -lt 600 ]; do sleep 5 & i=$((i+1)); done 2>&1 | tail -1",
      { readOnlyRoot: true, memoryBytes: 512 * 2 ** 20 }, // enough that not memory but the number of processes stops it
    )
    expect(said)
      .to.include("Read-only")
      .and.include("wrote")
      .and.match(/fork|Resource temporarily unavailable/)
  })

  it("runs no health probe of the image: those run outside of what a lease pays and is held to", async () => {
    const { engine, busybox, instance } = fixture
    const docker = new Docker({ socketPath: engine.socketPath })
    const tag = `berth-test/probed:${instance}`
    const source = await docker.createContainer({ Image: busybox, Cmd: ["true"], HostConfig: { NetworkMode: "none" } })
    const plain = await commitProbed(source, tag).finally(() => source.remove())
    try {
      const { Id } = await docker.getImage(tag).inspect()
      // The control: the engine itself runs the image's probe, and its traces are seen.
      const control = await docker.createContainer({ ...plain, Image: Id })
      await control.start()
      await control.wait()
      expect((await control.inspect()).State.Health?.Log).not.to.have.length(0)
      expect(await control.logs({ stdout: true }).then(String)).to.include("PROBED")
      await control.remove()

      const leaseId = await fixture.run(WATCH, { image: Id })
      expect(await fixture.runner.wait(leaseId)).to.include({ code: 0 })
      const lease = await docker.getContainer(containerName(instance, leaseId)).inspect()
      expect(lease.State.Health?.Log ?? []).to.deep.equal([])
      let said = ""
      for await (const { data } of fixture.runner.logs(leaseId)) said += Buffer.from(data).toString()
      expect(said).to.equal("quiet\n")
      await fixture.runner.remove(leaseId)
    } finally {
      await docker.getImage(tag).remove({ force: true })
    }
  })

  it("reaches the Internet, but no host, LAN, metadata service or neighbour, while the host reaches it", async () => {
    const { network, networkDetail } = await fixture.runner.open()
    expect(network, networkDetail).to.equal("isolated")
    const server = createServer((_, response) => response.end("REACHED"))
    const around = await Surroundings.start([bridgeName(fixture.instance)])
    try {
      await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve))
      await fixture.runner.open() // the machine is in two more subnets now: what a node's sweep sees within half a minute
      const { port } = server.address() as { port: number }
      const own = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).filter((a) => a.family === "IPv4" && !a.internal))
      const doors = [...own.map(({ address }) => `${address}:${port}`), ...around.forbidden].sort()
      expect(doors.length).to.be.greaterThan(10)

      const neighbour = await fixture.run("echo INSIDE > /tmp/index.html; httpd -p 8080 -h /tmp; echo up; sleep 90")
      await saw(fixture.runner, neighbour, "up")
      const state = await fixture.runner.inspect(neighbour)
      if (state.status !== "running" || state.address === null) throw new Error("The neighbour has no address")
      // The network is alive: this host's tunnel gets through to the very server that the other lease must not reach.
      expect(await readHttp(state.address, 8080)).to.include("INSIDE")

      const beside = `${state.address}:8080`
      const script = knocking([...doors, beside, around.internet])
      const said = await fixture.output(script)
      expect(found("SHUT", said)).to.deep.equal([...doors, beside].sort())
      expect(found("OPEN", said)).to.deep.equal([around.internet])
      // The control: without this node's rules the same lease gets everywhere, but to its neighbour, from which the engine keeps it too.
      await takeDownFirewall(fixture.instance)
      expect(found("OPEN", await fixture.output(script))).to.deep.equal([...doors, around.internet].sort())
      // Rules that somebody flushed are put back.
      await fixture.runner.open()
      expect(found("SHUT", await fixture.output(script))).to.deep.equal([...doors, beside].sort())
    } finally {
      await around.stop()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })

  it("blocks the machine's own subnets beside all that are not public", () => {
    const lan = ownSubnets(
      { eth0: [{ address: "8.8.8.9", netmask: "255.255.255.0", family: "IPv4", mac: "", internal: false, cidr: "8.8.8.9/24" }] },
      "brthx",
    )
    const rules = firewallRules("home", lan)
    for (const range of ["8.8.8.9/24", "10.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10"]) expect(rules).to.include(`-d ${range} -j DROP`)
  })
})

/** Sees whether somebody else's program ran in its container, within some hundred of the probe's intervals. */
const WATCH = "for i in $(seq 30); do if [ -e /tmp/probed ]; then echo PROBED; exit; fi; sleep 0.1; done; echo quiet"

/** An image whose probe the engine runs as often as it ever does. @returns a container of it, as anybody would make it */
async function commitProbed(source: Docker.Container, tag: string): Promise<Docker.ContainerCreateOptions> {
  const [repo, name] = tag.split(":") as [string, string]
  await source.commit({ repo, tag: name, changes: "HEALTHCHECK --interval=10ms --timeout=1s CMD touch /tmp/probed" })
  return { Cmd: ["sh", "-c", WATCH], HostConfig: { NetworkMode: "none", LogConfig: { Type: "json-file", Config: {} } } }
}

function readHttp(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ""
    const socket = connect({ host, port, timeout: 3_000 }, () => socket.write("GET / HTTP/1.0\r\n\r\n"))
    socket.on("data", (data) => {
      text += data
    })
    socket.on("timeout", () => socket.destroy(new Error(`${host}:${port} is silent`)))
    socket.on("error", reject)
    socket.on("close", () => resolve(text))
  })
}
