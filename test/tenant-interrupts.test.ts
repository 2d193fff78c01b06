// What Ctrl-C and a closed pipe leave behind, with `berth` as a process of its own: nothing that runs unasked, and nothing that ends unasked.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import type { Address } from "@berth/protocol"
import { expect } from "chai"
import { TenantWorld } from "./support/tenant-world.ts"

const PROGRAM = join(import.meta.dirname, "../tenant-sdk/src/cli/main.ts")
const BLOCK_MS = 3_000
const TALK = ["sh", "-c", "while :; do echo tick; sleep 0.1; done"]

interface LeaseJson {
  readonly leaseId: string
  readonly state: string
}

describe("berth, interrupted", function () {
  this.timeout(180_000)
  let world: TenantWorld
  let account: Address
  // biome-ignore lint/suspicious/noExplicitAny: what the program prints is what the tests look at
  const json = async (command: string, ...args: string[]): Promise<any> => {
    const { code, stdout, stderr } = await world.berth("t0", [command, "--json", ...args])
    expect(code, stderr).equal(0)
    return JSON.parse(stdout)
  }
  /** `berth ... | head -n 1`, in a shell: how berth ended, what came through, what it said beside. */
  const intoHead = async (...args: string[]) => {
    const child = spawn("bash", ["-c", '"$@" | head -n 1; echo $PIPESTATUS', "-", process.execPath, PROGRAM, ...args], {
      env: { ...process.env, ...world.tenantEnv("t0") },
      stdio: ["ignore", "pipe", "pipe"],
    })
    const said = { stdout: "", stderr: "" }
    for (const name of ["stdout", "stderr"] as const)
      child[name].setEncoding("utf8").on("data", (text: string) => {
        said[name] += text
      })
    await new Promise((resolve) => child.on("close", resolve))
    return { lines: said.stdout.trim().split("\n"), stderr: said.stderr }
  }

  before(async () => {
    world = await TenantWorld.start({ blockTimeMs: BLOCK_MS })
    account = await world.tenant("t0")
    await world.node({ region: "DE/Berlin" })
    await json("account", "deposit", "20")
  })
  after(() => world?.stop())

  it("Ctrl-C while a tab is opened: no lease runs, and what was done is said", async () => {
    const { client } = world.chain
    const sent = () => client.getTransactionCount({ address: account, blockTag: "pending" })
    const before = await sent()
    // Nothing is mined until Ctrl-C has been heard.
    await client.setIntervalMining({ interval: 0 })
    await client.setAutomine(false)
    const child = world.startBerth("t0", ["run", world.image, ...TALK])
    let stderr = ""
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      stderr += text
    })
    const ended = new Promise((resolve) => child.on("close", resolve))
    while ((await sent()) === before) await new Promise((resolve) => setTimeout(resolve, 20))
    child.kill("SIGINT")
    while (!stderr.includes("cancelling")) await once(child.stderr!, "data")
    await client.setAutomine(true)
    await client.setIntervalMining({ interval: BLOCK_MS / 1_000 })
    expect(await ended, stderr).equal(130)
    expect(stderr).contain("the run was cancelled: no lease was opened").and.contain("opened with $0.72").and.contain("berth close")
    expect(await json("ps", "-a")).deep.equal([])
    const tabs = await json("tabs")
    expect(tabs.map((t: { state: string; deposit: string }) => [t.state, t.deposit])).deep.equal([["open", "720000"]])
    // The tab is there for the next run.
    const { code, stderr: said } = await world.berth("t0", ["run", world.image, "true"])
    expect(code, said).equal(0)
    expect(said).not.contain("tab opened")
  })

  it("`run | head`: it ends quietly, says that the lease runs on, and it does", async () => {
    const { lines, stderr } = await intoHead("run", world.image, ...TALK)
    expect(lines).deep.equal(["tick", "141"])
    expect(stderr)
      .match(/nobody reads the output any more; lease [0-9a-f]{12} runs on/)
      .and.not.match(/EPIPE|at .*:\d+:\d+/)
    const running: LeaseJson[] = await json("ps")
    expect(running.map((l) => l.state)).deep.equal(["ready"])
    expect(stderr).contain(running[0]!.leaseId.slice(2, 14))
  })

  it("`logs -f | head`: likewise", async () => {
    const [{ leaseId }] = await json("ps")
    const { lines, stderr } = await intoHead("logs", "-f", leaseId)
    expect(lines).deep.equal(["tick", "141"])
    expect(stderr)
      .contain(`lease ${leaseId.slice(2, 14)} runs on`)
      .and.not.match(/EPIPE|at .*:\d+:\d+/)
    expect(await json("ps")).have.length(1)
    await json("stop", leaseId)
  })

  it("any other command into a pipe that is closed: 141, and no word", async () => {
    const child = spawn("bash", ["-c", '(sleep 2; exec "$@") | true; echo $PIPESTATUS', "-", process.execPath, PROGRAM, "ps", "-a"], {
      env: { ...process.env, ...world.tenantEnv("t0") },
      stdio: ["ignore", "pipe", "pipe"],
    })
    let said = ""
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text
      })
    await new Promise((resolve) => child.on("close", resolve))
    expect(said).equal("141\n")
  })
})
