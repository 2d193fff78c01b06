import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import { callEngine } from "../../scripts/engine/api.ts"
import { places } from "../../scripts/start/places.ts"

const root = join(import.meta.dirname, "../..")
const processFile = join(root, ".berth/start-processes/processes.json")

/** What a test that failed in the middle has left, and what would stop the next one. */
const running = new Set<ChildProcess>()

/** The one command, as a user types it. */
function npmStart(...args: string[]): { child: ChildProcess; output: () => string; until: (text: string) => Promise<void> } {
  const child = spawn(process.execPath, [join(root, "scripts/start.mjs"), "--no-install", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  })
  running.add(child)
  let output = ""
  let told = () => {}
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text
      told()
    })
  child.on("exit", () => {
    running.delete(child)
    told()
  })
  return {
    child,
    output: () => output,
    async until(text) {
      while (!output.includes(text)) {
        if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode} before it said "${text}":\n${output}`)
        await new Promise<void>((resolve) => {
          told = resolve
        })
      }
    },
  }
}

interface Mark {
  readonly name: string
  readonly pid: number
}

const marks = (): Mark[] => JSON.parse(readFileSync(processFile, "utf8"))
/** /proc/PID/stat; empty once there is no such process. */
const statOf = (pid: number | string): string => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8")
  } catch {
    return ""
  }
}
/** Processes of a group, its leader dead or not, as `pid (name)`. */
const groupOf = (pid: number) =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => new RegExp(`\\) [^Z] \\d+ ${pid} `).test(stat))
    .map((stat) => stat.slice(0, stat.indexOf(")") + 1))
const isAlive = (pid: number) => /\) [^Z] /.test(statOf(pid))

/** Containers of this checkout's markets, by their nodes' instance labels. */
async function containersOfStart(): Promise<string[]> {
  const socketPath = process.env.DOCKER_HOST!.replace("unix://", "")
  const found = JSON.parse(await callEngine({ socketPath, path: "/containers/json?all=1" })) as { Labels: Record<string, string> }[]
  return found.map((c) => c.Labels["berth.instance"] ?? "").filter((instance) => instance.startsWith(places().label))
}

/** The end-to-end test: the main job as a new user runs it, after a run that was killed in the middle. */
describe("npm start", function () {
  this.timeout(400_000)
  afterEach(async () => {
    for (const child of running) {
      child.kill("SIGTERM")
      await once(child, "exit")
    }
  })

  it("works after a kill -9 in the middle, finds its own leftovers, and leaves nothing behind", async () => {
    const killed = npmStart("--once")
    await killed.until("accepted, both have signed its terms")
    const before = marks()
    const self = before.find((m) => m.name === "start")!
    process.kill(self.pid, "SIGKILL")
    await once(killed.child, "exit")
    const left = before.filter((m) => m.name !== "start" && isAlive(m.pid))
    expect(left.length, "a kill -9 leaves processes: else this test shows nothing").greaterThan(3)

    const second = npmStart("--once")
    await second.until("ended what a former run left")
    const ours = before.filter((m) => m.name !== "start")
    expect(ours.flatMap((m) => groupOf(m.pid))).deep.equal([])
    await second.until("accepted, both have signed its terms")
    const started = marks()
    const [code] = (await once(second.child, "exit")) as [number | null]
    expect(code, second.output()).equal(0)
    expect(second.output()).contain("All checks held.")
    expect(started.filter((m) => m.name !== "start").flatMap((m) => groupOf(m.pid))).deep.equal([])
    expect(await containersOfStart()).deep.equal([])
    expect(existsSync(processFile)).equal(false)
  })

  it("tours a reservation's life: bought, used, served, missed, refunded and resold", async () => {
    const run = npmStart("--tour", "reservations", "--once")
    const [code] = (await once(run.child, "exit")) as [number | null]
    expect(code, run.output()).equal(0)
    for (const said of ["reserved one vCPU for 30 days", "served: 1440 minutes", "so it lapsed", "went along", "All checks held."])
      expect(run.output()).contain(said)
    expect(run.output()).match(/a buyer pays \$[1-9][\d.]* in TestUSD/)
    expect(readFileSync(join(places().result, "reservation.svg"), "utf8")).match(/^<svg/)
    expect(await containersOfStart()).deep.equal([])
    expect(existsSync(processFile)).equal(false)
  })
})
