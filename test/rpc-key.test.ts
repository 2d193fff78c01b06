// An RPC's URL often is the customer's key: what the programs print and log names its host at most, while the RPC answers and when it does not.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { type LocalChain, startLocalChain } from "../scripts/local-chain/index.ts"
import { TcpProxy } from "./support/tcp-proxy.ts"

const KEY = "sEcReTkEy0123456789"
const root = join(import.meta.dirname, "..")

describe("an RPC's URL with a key in it", function () {
  this.timeout(240_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-rpc-key-"))
  const passphrase = join(dir, "passphrase")
  let chain: LocalChain
  let proxy: TcpProxy
  let url: string
  let host: string

  before(async () => {
    chain = await startLocalChain({ stateDir: join(dir, "chain"), blockTimeMs: 200 })
    writeFileSync(passphrase, "correct horse")
  })
  beforeEach(async () => {
    proxy = await TcpProxy.to(Number(new URL(chain.rpcUrl).port))
    url = `${proxy.url}/v2/${KEY}?token=${KEY}`
    host = new URL(url).host
  })
  afterEach(() => proxy.cut())
  after(async () => {
    await chain?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  function start(program: string, args: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(process.execPath, [join(root, program), ...args], { env: { ...process.env, ...env } })
    const said = { text: "" }
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text) => {
        said.text += text
      })
    return { child, said, ended: once(child, "close").then(([code]) => code as number) }
  }

  async function run(...given: Parameters<typeof start>): Promise<{ code: number; text: string }> {
    const { said, ended } = start(...given)
    return { code: await ended, text: said.text }
  }

  async function says(child: ChildProcess, said: { text: string }, what: string): Promise<void> {
    while (!said.text.includes(what)) {
      if (child.exitCode !== null) expect.fail(`it ended before it said "${what}": ${said.text}`)
      await once(child.stdout!, "data")
    }
  }

  it("is not in what berth and its agent say", async () => {
    const env = {
      BERTH_HOME: join(dir, "tenant"),
      BERTH_RPC: url,
      BERTH_DEPLOYMENT: chain.deploymentFile,
      BERTH_PASSPHRASE_FILE: passphrase,
    }
    const berth = (...args: string[]) => run("tenant-sdk/src/cli/main.ts", args, env)
    expect(await berth("account", "create", "--light")).to.include({ code: 0 })
    const told = [await berth("account", "balance")]
    expect(told[0]).to.include({ code: 0 })
    await proxy.cut()
    told.push(await berth("account", "balance"), await berth("quote"), await berth("stake"))
    expect(told[1]!.code).to.equal(75)
    expect(told[1]!.text).to.include(host)
    await berth("agent", "--stop")
    told.push(await berth("agent"))
    const [log] = globSync(join(env.BERTH_HOME, "**/agent.log"))
    const logged = readFileSync(log!, "utf8")
    expect(logged).to.include(`"rpc":"http://${host}"`)
    for (const text of [logged, ...told.map((t) => t.text)]) expect(text).to.not.include(KEY)
  })

  it("is not in what a recorder says", async () => {
    const stateDir = join(dir, "recorder")
    const args = ["recorder", "--deployment", chain.deploymentFile, "--rpc", url, "--state-dir", stateDir, "--passphrase-file", passphrase]
    args.push("--listen", "/ip4/127.0.0.1/tcp/0", "--poll-ms", "50")
    const { child, said, ended } = start("provider-node/src/main.ts", args)
    await says(child, said, "recorder runs")
    await proxy.cut()
    await says(child, said, "trying again")
    const asked = await run("provider-node/src/main.ts", ["recorder", "--state-dir", stateDir, "--settle-now"])
    expect(asked.code).to.not.equal(0)
    child.kill("SIGTERM")
    await ended
    const silent = await run("provider-node/src/main.ts", args)
    expect(silent, "a chain that does not answer is no reason to give up").to.include({ code: 75 })
    expect(asked.text).to.include("the recorder answered")
    expect(silent.text).to.include("The chain's RPC did not answer")
    for (const text of [said.text, asked.text, silent.text]) expect(text).to.not.include(KEY)
  })

  it("is not in what berth-node says", async () => {
    const dataDir = join(dir, "node")
    mkdirSync(dataDir)
    const operator = join(dir, "operator")
    writeFileSync(operator, `0x${"77".repeat(32)}`)
    const flags = ["--config", join(dir, "node.toml"), "--data-dir", dataDir, "--rpc-url", url, "--deployment", chain.deploymentFile]
    const node = (verb: string, ...more: string[]) =>
      run("provider-node/src/main.ts", [verb, ...flags, "--passphrase-file", passphrase, ...more])
    expect(await node("init", "--light-key")).to.include({ code: 0 })
    await proxy.cut()
    const told = [await node("init", "--light-key", "--register", "--operator-key", operator), await node("publish")]
    for (const { code, text } of told) {
      expect(code).to.not.equal(0)
      expect(text).to.include("RPC").and.not.include(KEY)
    }
    // A URL that is no URL, and one out of its quotes: the file's own words are quoted back.
    writeFileSync(join(dir, "node.toml"), `rpcUrl = ${url}\n`)
    const broken = await node("publish")
    expect(broken).to.include({ code: 1 })
    expect(broken.text).to.include("node.toml").and.not.include(KEY)
  })
})
