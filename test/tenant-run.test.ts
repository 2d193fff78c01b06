// The tenant's whole way with real processes: chain, node, container, agent and `berth` itself.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import { http, parseEther } from "viem"
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts"
import {
  audit,
  balance,
  connectAgent,
  createBerthClient,
  deposit,
  exportBundle,
  getFiles,
  logs,
  readDeployment,
  run,
  startAgent,
  withAgent,
} from "../tenant-sdk/src/index.ts"
import { TenantWorld } from "./support/tenant-world.ts"

const BUSY = "i=0; while true; do i=$((i+1)); echo line $i; echo $i > /tmp/count; x=0; while [ $x -lt 20000 ]; do x=$((x+1)); done; done"

interface LeaseJson {
  readonly leaseId: string
  readonly state: string
  readonly reason: string
  readonly exitCode?: number
  readonly activeMs: string
}

describe("a tenant with the berth program", function () {
  this.timeout(180_000)
  let world: TenantWorld
  let node: string
  const berth = (...args: string[]) => world.berth("t0", args)
  /** After the image, flags are the container's own: --json comes first. */
  const json = async <T>(command: string, ...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await berth(command, "--json", ...args)
    expect(code, stderr).to.equal(0)
    return JSON.parse(stdout) as T
  }
  const agentPid = async () => {
    const agent = await connectAgent({ socket: world.socketOf("t0") })
    const { pid } = await agent.info()
    agent.disconnect()
    return pid
  }
  /** Waits for receipts as they are signed, through whichever agent runs. */
  const receipts = async (count: number) => {
    const agent = await connectAgent({ socket: world.socketOf("t0") })
    const seqs: number[] = []
    for await (const { seq } of agent.receipts()) if (seqs.push(seq) >= count) break
    agent.disconnect()
    return seqs
  }

  before(async () => {
    world = await TenantWorld.start({ blockTimeMs: 500 })
    await world.tenant("t0")
    ;({ address: node } = await world.node({ region: "DE/Berlin" }))
  })
  after(() => world?.stop())

  it("buys credits by permit and sees them", async () => {
    await json("account", "deposit", "15")
    // Asked for again, after an answer that was lost say, it is the same deposit.
    const once = ["account", "deposit", "5", "--id", `0x${"5".repeat(32)}`] as const
    expect(await json(...once)).to.deep.equal(await json(...once))
    expect(await json("account", "balance")).to.include({ available: "20000000", wallet: "30000000", inTabs: "0", accrued: "0" })
  })

  it("gets signed quotes and is told why there is none", async () => {
    const { offers } = await json<{ offers: { info: { node: string }; quote: { price: string } }[] }>("quote", "--class", "cpu/x86-64")
    expect(offers.map((o) => [o.info.node, o.quote.price])).to.deep.equal([[node, "360000"]])
    const dear = await berth("quote", "--class", "cpu/x86-64", "--max-price", "0.01")
    expect(dear.code).to.equal(1)
    expect(dear.stderr).to.contain("is above the maximum price")
    const none = await berth("run", "--class", "nvidia/h200", world.image)
    expect(none.code).to.equal(1)
    expect(none.stderr).to.contain("no node offers 1 of nvidia/h200")
  })

  it("runs a container, sees its output on both streams, and exits with its code", async () => {
    const { code, stdout, stderr } = await berth(
      "run",
      "-e",
      "NAME=world",
      world.image,
      "sh",
      "-c",
      "echo hello $NAME; echo oops >&2; exit 3",
    )
    expect(stdout).to.equal("hello world\n")
    expect(stderr).to.contain("oops").and.contain("tab opened with $0.72")
    expect(code).to.equal(3)
  })

  it("is told plainly when the image is not there", async () => {
    const { code, stderr } = await berth("run", "berth/nothing:here")
    expect(code).to.equal(1)
    expect(stderr, stderr).to.contain("berth/nothing:here")
  })

  it("gives the same lease for the same id", async () => {
    const id = `0x${"ab".repeat(16)}`
    const [first, second] = await Promise.all([1, 2].map(() => json<LeaseJson>("run", "-d", "--id", id, world.image, "true")))
    const third = await json<LeaseJson>("run", "-d", "--id", id, world.image, "true")
    expect(second!.leaseId).to.equal(first!.leaseId)
    expect(third.leaseId).to.equal(first!.leaseId)
  })

  it("detaches; receipts go on; ps, logs, cp and stop work from elsewhere", async () => {
    const { leaseId } = await json<LeaseJson>("run", "-d", world.image, "sh", "-c", BUSY)
    const short = leaseId.slice(2, 10)
    await receipts(3)
    const [running] = await json<LeaseJson[]>("ps")
    expect(running).to.include({ leaseId, state: "ready" })
    expect(Number(running!.activeMs)).to.be.greaterThan(0)
    expect((await berth("logs", "-n", "1", short)).stdout).to.match(/^line \d+\n$/)
    await json("cp", `${short}:/tmp/count`, join(world.dir, "out"))
    expect(readFileSync(join(world.dir, "out/count"), "utf8")).to.match(/^\d+\n$/)
    const [stopped] = await json<LeaseJson[]>("stop", short)
    expect(stopped).to.include({ state: "ended", reason: "tenant_stopped" })
    expect(await json<LeaseJson[]>("ps")).to.deep.equal([])
  })

  it("loses nothing when the agent is killed in the middle: the next command starts a new one, which goes on", async () => {
    const { leaseId } = await json<LeaseJson>("run", "-d", world.image, "sh", "-c", BUSY)
    const before = await receipts(2)
    process.kill(await agentPid(), "SIGKILL")
    const [running] = await json<LeaseJson[]>("ps")
    expect(running).to.include({ leaseId, state: "ready" })
    const after = await receipts(2)
    expect(after[0]).to.be.greaterThan(before[1]!)
    await berth("stop", leaseId)
  })

  it("keeps an attached run going over the death of the agent, to the container's own exit code", async () => {
    let killed: Promise<void> | undefined
    const { code, stdout } = await world.berth(
      "t0",
      ["run", world.image, "sh", "-c", "for i in 1 2 3 4 5 6; do echo $i; sleep 1; done; exit 7"],
      {
        onOutput: (text) => {
          if (text.includes("2")) killed ??= agentPid().then((pid) => void process.kill(pid, "SIGKILL"))
        },
      },
    )
    await killed
    expect(code).to.equal(7)
    expect(stdout).to.equal("1\n2\n3\n4\n5\n6\n")
  })

  it("refuses a second agent on the same store", async () => {
    const { code, stderr } = await berth("agent")
    expect(stderr).to.contain("another agent works with")
    expect(code).to.equal(75)
  })

  it("closes the tab by agreement for exactly what it signed, and the bill passes the audit without a profile", async () => {
    const [tab] = await json<{ signer: string; used: string }[]>("tabs")
    const file = join(world.dir, "bill.json")
    const { total } = await json<{ total: { amount: string } }>("bill", "--export", file)
    expect(total.amount).to.equal(tab!.used)
    const { amount } = await json<{ amount: string }>("close", tab!.signer)
    expect(amount).to.equal(tab!.used)
    const [closed] = await json<{ state: string; spent: string; used: string }[]>("tabs")
    expect(closed).to.include({ state: "closed", spent: tab!.used, used: tab!.used })
    const { code, stdout } = await world.berth("nobody", ["audit", file, "--json"])
    const result = JSON.parse(stdout) as { ok: boolean; findings: unknown[]; used: string; paid: string }
    expect(code).to.equal(0)
    expect(result).to.deep.include({ ok: true, findings: [], used: tab!.used, paid: tab!.used })
    expect(existsSync(world.socketOf("nobody"))).to.equal(false)
  })

  it("takes the rest home", async () => {
    await json("account", "withdraw", "all")
    const { available, inTabs } = await json<{ available: string; inTabs: string }>("account", "balance")
    expect([available, inTabs]).to.deep.equal(["0", "0"])
    const broke = await berth("run", world.image, "true")
    expect(broke.code).to.equal(1)
    expect(broke.stderr).to.contain("berth account deposit")
  })

  it("does the same from a script, with the SDK's public API alone and an agent in process", async () => {
    const account = privateKeyToAccount(generatePrivateKey())
    await world.chain.fund(account.address, { eth: parseEther("1"), usd: 5_000_000n })
    const deployment = readDeployment(world.chain.deploymentFile)
    const client = createBerthClient({ deployment, transport: http(world.chain.rpcUrl), account })
    // Deposit and a tab of one's own in one transaction; the agent opens another with a key that it keeps.
    const signerKey = crypto.getRandomValues(new Uint8Array(32))
    await deposit(client, { amount: 5_000_000n, openTab: { node: node as `0x${string}`, amount: 1_000_000n, signerKey } })
    const agent = await startAgent({ client, store: join(world.dir, "script.db"), key: crypto.getRandomValues(new Uint8Array(32)) })
    try {
      const mine = withAgent(client, agent)
      const steps: string[] = []
      const command = ["sh", "-c", "echo from a script; echo 42 > /tmp/answer"]
      const lease = await run(mine, { image: world.image, class: "cpu/x86-64", command, onProgress: ({ step }) => steps.push(step) })
      expect(steps).to.deep.equal(["quotes", "chosen", "tab", "accepted"])
      let text = ""
      for await (const { data } of logs(mine, { lease: lease.leaseId, follow: true })) text += Buffer.from(data).toString()
      expect(text).to.equal("from a script\n")
      let last = lease
      for await (const now of agent.watch(lease.leaseId)) last = now
      expect(last).to.include({ state: "ended", reason: "completed", exitCode: 0 })
      const [file] = await getFiles(mine, { lease: lease.leaseId, path: "/tmp/answer", to: join(world.dir, "answer") })
      expect(readFileSync(file!, "utf8")).to.equal("42\n")
      expect(await balance(mine)).to.deep.include({ available: 3_280_000n, inTabs: 1_720_000n })
      const result = await audit(await exportBundle(mine), { publicClient: client.publicClient, deployment })
      expect(result.findings.filter((f) => f.severity === "error")).to.deep.equal([])
    } finally {
      await agent.shutdown()
    }
  })
})
