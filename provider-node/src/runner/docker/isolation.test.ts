import { createServer } from "node:http"
import { connect } from "node:net"
import { networkInterfaces } from "node:os"
import { expect } from "chai"
import { EngineFixture, saw } from "./engine.fixture.ts"
import { firewallRules, ownSubnets } from "./network.ts"

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

  it("reaches no host, LAN, metadata service or neighbour, while the host reaches it", async function () {
    if ((await fixture.runner.open()).network === "none") return this.skip()
    const server = createServer((_, response) => response.end("REACHED"))
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve))
    const { port } = server.address() as { port: number }
    try {
      const neighbour = await fixture.run("echo INSIDE > /tmp/index.html; httpd -p 8080 -h /tmp; echo up; sleep 60")
      await saw(fixture.runner, neighbour, "up")
      const state = await fixture.runner.inspect(neighbour)
      if (state.status !== "running" || state.address === null) throw new Error("The neighbour has no address")
      // The network is alive: this host's tunnel gets through to the very server that the other lease must not reach.
      expect(await readHttp(state.address, 8080)).to.include("INSIDE")
      const own = Object.values(networkInterfaces()).flatMap((addresses) =>
        (addresses ?? []).filter(({ family, internal }) => family === "IPv4" && !internal),
      )
      expect(own).not.to.have.length(0)
      for (const { address } of own) expect(await readHttp(address, port)).to.include("REACHED")
      const targets = [
        ...own.map(({ address }) => `${address}:${port}`),
        `${state.address}:8080`,
        "169.254.169.254:80",
        "192.168.1.1:80",
        "10.0.0.1:80",
      ]
      const script = targets.map((target) => `(timeout 2 wget -q -O - http://${target}/ 2>/dev/null || echo SHUT ${target}) &`).join("\n")
      const said = await fixture.output(`${script}\nwait; ip route`)
      expect(said).to.include("default via")
      expect(said).not.to.match(/REACHED|INSIDE/)
      for (const target of targets) expect(said).to.include(`SHUT ${target}`)
    } finally {
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
