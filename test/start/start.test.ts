import { execFile } from "node:child_process"
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"
import { expect } from "chai"
import { places } from "../../scripts/start/places.ts"
import { endAll, NpmStart } from "./npm-start.ts"
import { commandsWith, groupOf, hasBridge, inEngine, isAlive, marks, openPorts, processFile, rulesOf } from "./traces.ts"

const root = join(import.meta.dirname, "../..")
const NOTHING = { containers: [], volumes: [], networks: [], bridges: [] }

/** What a line that was printed to be tried does in another terminal: a shell in the checkout, with nothing of ours in its environment. */
async function tryIt(command: string): Promise<string> {
  const { HOME, PATH = "" } = process.env
  const path = PATH.split(delimiter).filter((dir) => !dir.startsWith(root))
  const { stdout } = await promisify(execFile)("sh", ["-c", command], { cwd: root, env: { HOME, PATH: path.join(delimiter) } })
  return stdout
}

/** The end-to-end test: the main job as a new user runs it, after a run that was killed in the middle. */
describe("npm start", function () {
  this.timeout(480_000)
  afterEach(endAll)

  it("works after a kill -9 in the middle, finds its own leftovers, can be tried as it says, and leaves nothing behind", async () => {
    const killed = new NpmStart()
    await killed.until("| digits: ")
    const before = marks()
    const self = before.find((m) => m.name === "start")!
    process.kill(self.pid, "SIGKILL")
    await killed.ended()
    const left = before.filter((m) => m.name !== "start" && isAlive(m.pid))
    expect(left.length, "a kill -9 leaves processes: else this test shows nothing").greaterThan(3)
    expect((await inEngine()).containers, "and a container").not.deep.equal([])

    const second = new NpmStart()
    await second.until("ended what a former run left")
    expect(before.filter((m) => m.name !== "start").flatMap((m) => groupOf(m.pid))).deep.equal([])
    await second.until("It stays up until Ctrl-C")
    await second.until("curl")
    for (const said of ["more than 0.95 were asked", "right: ", "All checks held."]) expect(second.output).contain(said)
    expect(second.output, "the audit is told the contracts, it takes no bundle's word").not.contain("that the bundle names")
    await tryAll(second.output)
    await interrupted(second)
  })

  /** The three things to try, each exactly as it was printed. */
  async function tryAll(output: string): Promise<void> {
    const commands = [...output.slice(output.indexOf("Try in another terminal")).matchAll(/^ +((?:npx|curl) .*)$/gm)].map((m) => m[1]!)
    const [quote, run, query, ...more] = commands
    expect(more, commands.join("\n")).deep.equal([])
    const quoted = await tryIt(quote!)
    for (const region of ["DE/Berlin", "US/Oregon", "JP/Tokyo"]) expect(quoted).contain(region)
    expect(await tryIt(run!)).match(/^hello from a stranger\n\d+\n/m)
    const { data } = JSON.parse(await tryIt(query!)) as { data: { nodes: { items: { region: string }[] } } }
    // And what it said of itself: the command that fetches the result again.
    const again = /as (berth cp \w+:\/out) berth-result does/.exec(output)![1]
    const folder = mkdtempSync(join(tmpdir(), "berth-again-"))
    await tryIt(`npx ${again} ${folder}`)
    const [fetched, shown] = [folder, places().result].map((dir) => readFileSync(join(dir, "out/digits.svg"), "utf8"))
    rmSync(folder, { recursive: true })
    expect(fetched).equal(shown)
    expect(data.nodes.items.map(({ region }) => region).sort()).deep.equal(["DE/Berlin", "JP/Tokyo", "US/Oregon"])
  }

  async function interrupted(start: NpmStart): Promise<void> {
    const started = marks()
    const there = await inEngine()
    const listening = [1, 2, 3].map((i) => readFileSync(join(places().state, `node-${i}/node.toml`), "utf8")).join()
    const ports = [...new Set([...`${start.output}${listening}`.matchAll(/(?:127\.0\.0\.1:|\/tcp\/)(\d+)/g)].map((m) => Number(m[1])))]
    // Controls: all of it is there before.
    expect(ports).length.greaterThan(5)
    expect(await openPorts(ports)).deep.equal(ports)
    const names = ["chain", "recorder", "node-1", "node-2", "node-3", "indexer", "agent"]
    expect(started.filter((m) => isAlive(m.pid)).map((m) => m.name)).include.members(names)
    expect(there.networks).length(process.getuid?.() === 0 ? 3 : 0)
    expect((await rulesOf(there.bridges)).length).greaterThan(there.bridges.length * 10 - 1)

    start.interrupt()
    expect(await start.ended(), start.output).equal(130)
    expect(start.output.trimEnd().split("\n").at(-1)).match(/^Stopped: /)
    expect(started.flatMap((m) => groupOf(m.pid))).deep.equal([])
    expect(await openPorts(ports)).deep.equal([])
    expect(await inEngine()).deep.equal(NOTHING)
    expect(there.bridges.filter(hasBridge)).deep.equal([])
    expect(await rulesOf(there.bridges)).deep.equal([])
    for (const path of [processFile, places().sockets, places().localMarket]) expect(existsSync(path), path).equal(false)
  }

  it("stops an engine of its own that was only starting at Ctrl-C", async function () {
    if (process.getuid?.() !== 0 || existsSync("/var/run/docker.sock")) return this.skip()
    const engineDir = mkdtempSync(join(tmpdir(), "berth-start-engine-"))
    try {
      const { DOCKER_HOST: _, ...env } = process.env
      const start = new NpmStart([], { ...env, BERTH_ENGINE_DIR: engineDir })
      while (commandsWith(engineDir).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      start.interrupt()
      expect(await start.ended(), start.output).equal(130)
      expect(start.output.trimEnd().split("\n").at(-1)).match(/^Stopped: no container/)
      expect(commandsWith(engineDir)).deep.equal([])
      expect(existsSync(processFile)).equal(false)
    } finally {
      rmSync(engineDir, { recursive: true, force: true })
    }
  })

  it("tours a reservation's life: bought, used, served, missed, refunded and resold", async () => {
    const run = new NpmStart(["--tour", "reservations", "--once"])
    expect(await run.ended(), run.output).equal(0)
    for (const said of ["reserved one vCPU for 30 days", "served: 1440 minutes", "it lapsed", "went along", "All checks held."])
      expect(run.output).contain(said)
    expect(run.output).match(/a buyer pays \$[1-9][\d.]* in TestUSD/)
    expect(readFileSync(join(places().result, "reservation.svg"), "utf8")).match(/^<svg/)
    expect(await inEngine()).deep.equal(NOTHING)
    expect(existsSync(processFile)).equal(false)
  })
})
