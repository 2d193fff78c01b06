import { execFile, execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { promisify } from "node:util"
import { expect } from "chai"
import Docker from "dockerode"
import { needProgram } from "../../../../scripts/engine/install.ts"
import { removeLeftovers } from "../../../../scripts/engine/leftovers.ts"
import { EngineFixture } from "./engine.fixture.ts"
import { bridgeName, firewallRemoval, firewallRules } from "./firewall.ts"

/** Where a machine still shows that an instance had a network. */
async function tracesOf(docker: Docker, instance: string): Promise<string[]> {
  const bridge = bridgeName(instance)
  const { stdout } = await promisify(execFile)("iptables-save", { maxBuffer: 64 * 2 ** 20 })
  const rules = stdout.split("\n").filter((line) => line.includes(bridge) || line.includes(bridge.replace("brth", "BERTH-F-")))
  const networks = await docker.listNetworks({ filters: { label: [`berth.instance=${instance}`] } })
  return [...(existsSync(`/sys/class/net/${bridge}`) ? ["bridge"] : []), ...networks.map(() => "network"), ...rules]
}

describe("The network of a node's leases", function () {
  this.timeout(60_000)
  let fixture: EngineFixture
  let docker: Docker
  let neighbour: string
  before(async () => {
    fixture = await EngineFixture.start()
    docker = new Docker({ socketPath: fixture.engine.socketPath })
    neighbour = `${fixture.instance}-n`
    const { network, networkDetail } = await fixture.newRunner({ instance: neighbour }).open()
    expect(network, networkDetail).to.equal("isolated") // else nothing here could fail
  })
  after(() => fixture.stop())

  it("outlives the node while a lease could use it, and goes with a clean stop when none could", async () => {
    const before = await tracesOf(docker, neighbour)
    const leaseId = await fixture.run("sleep 60")
    const waiting = fixture.spec("true")
    await fixture.runner.create(waiting)
    await fixture.runner.close()
    expect(await tracesOf(docker, fixture.instance)).to.include.members(["bridge", "network"])
    await fixture.runner.stop(leaseId, 0)
    await fixture.runner.close()
    expect(await tracesOf(docker, fixture.instance), "one is still to be started").to.include.members(["bridge", "network"])

    await fixture.runner.remove(waiting.leaseId)
    await fixture.runner.close()
    expect(await tracesOf(docker, fixture.instance)).to.deep.equal([])
    expect(await tracesOf(docker, neighbour)).to.deep.equal(before)
    expect(await fixture.runner.inspect(leaseId)).to.include({ status: "exited" })

    await fixture.runner.open()
    expect(await fixture.output("ip route")).to.include("default via")
  })

  it("goes with all else of its node when that leaves for good, twice too, and with nothing of another's", async () => {
    const before = await tracesOf(docker, neighbour)
    const leaseId = await fixture.run("sleep 60")
    const { containers, volumes } = await fixture.runner.leave()
    expect(containers).to.be.greaterThan(0).and.at.most(volumes)
    expect(await fixture.runner.inspect(leaseId)).to.deep.equal({ status: "missing" })
    expect(await tracesOf(docker, fixture.instance)).to.deep.equal([])
    expect(await fixture.runner.leave()).to.deep.equal({ containers: 0, volumes: 0 })
    expect(await tracesOf(docker, neighbour)).to.deep.equal(before)
  })

  it("goes also where the engine has forgotten it", async () => {
    await fixture.runner.open()
    await docker.getNetwork(`berth-${fixture.instance}`).remove()
    execFileSync(await needProgram("ip", "iproute2", { install: true, log: () => {} }), [
      "link",
      "add",
      bridgeName(fixture.instance),
      "type",
      "bridge",
    ])
    expect(await tracesOf(docker, fixture.instance))
      .to.have.length.greaterThan(10)
      .and.include("bridge")
    await fixture.runner.leave()
    expect(await tracesOf(docker, fixture.instance)).to.deep.equal([])
  })

  it("is found among what a killed run left, by the label that its nodes' labels begin with", async () => {
    const label = `${fixture.instance}-killed`
    const other = fixture.newRunner({ instance: `${label}x-1` })
    await other.open()
    await fixture.newRunner({ instance: `${label}-1` }).open()
    const idle = fixture.newRunner({ instance: `${label}-2` })
    await idle.open()
    await idle.create(fixture.spec("true"))
    expect(await removeLeftovers(fixture.engine.socketPath, label)).to.equal(1)
    for (const instance of [`${label}-1`, `${label}-2`]) expect(await tracesOf(docker, instance)).to.deep.equal([])
    expect(await tracesOf(docker, `${label}x-1`)).to.include.members(["bridge", "network"])
    await other.leave()
  })

  it("is taken out of a saved table by name: each jump, then its chains, and no line of the engine's or another's", () => {
    const [mine, theirs] = ["mine", "theirs"].map((instance) => ({
      rules: firewallRules(instance, []).split("\n").slice(1, -2),
      jumps: [
        `-A INPUT -i ${bridgeName(instance)} -j ${bridgeName(instance).replace("brth", "BERTH-I-")}`,
        `-A DOCKER-USER -o ${bridgeName(instance)} -m conntrack ! --ctstate RELATED,ESTABLISHED -j DROP`,
      ],
      engines: [
        `-A FORWARD -o ${bridgeName(instance)} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
        `-A DOCKER-ISOLATION-STAGE-2 -o ${bridgeName(instance)} -j DROP`,
      ],
    }))
    const lines = [mine!, theirs!].flatMap(({ rules, jumps, engines }) => [...rules, ...jumps, ...jumps, ...engines])
    const removal = firewallRemoval(["*filter", ...lines, "COMMIT", ""].join("\n"), "mine")!.split("\n")
    const chains = mine!.rules.slice(0, 2).map((line) => line.slice(1).split(" ")[0]!)
    const jumps = mine!.jumps.map((line) => line.replace("-A", "-D"))
    expect(removal).to.deep.equal([
      "*filter",
      ...jumps,
      ...jumps,
      ...chains.map((c) => `-F ${c}`),
      ...chains.map((c) => `-X ${c}`),
      "COMMIT",
      "",
    ])
    expect(firewallRemoval("*filter\nCOMMIT\n", "mine")).to.equal(null)
  })
})
