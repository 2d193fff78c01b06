import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { bytesToHex } from "@berth/protocol"
import { expect } from "chai"
import { stringify } from "smol-toml"
import type { TestAgent } from "../../test-support/agent.ts"
import { World } from "../../test-support/world.ts"
import { createKeystore, readKeystore } from "../keystore.ts"
import { DockerRunner } from "../runner/docker/docker-runner.ts"
import { Journal } from "../store/journal.ts"
import { ReceiptStore } from "../store/receipt-store.ts"
import { STEPS } from "./steps.ts"

const entry = join(import.meta.dirname, "../../test-support/faulty-node.ts")

describe("faults: the node killed with SIGKILL at every step of the block loop", function () {
  this.timeout(400_000)
  let world: World
  let child: ChildProcess | undefined
  before(async () => {
    world = await World.start()
  })
  after(async () => {
    child?.kill("SIGKILL")
    await world.stop()
  })

  it("one container, one bill: no receipt lost, doubled or contradicting, totals equal on both sides", async () => {
    const dataDir = join(world.dir, "data")
    mkdirSync(dataDir)
    writeFileSync(join(world.dir, "pass"), "test")
    const { address } = await createKeystore(join(dataDir, "node-key.json"), "test", "light")
    const { privateKey } = await readKeystore(join(dataDir, "node-key.json"), "test")
    const { rpcUrls, ...config } = world.config({ dataDir, passphraseFile: join(world.dir, "pass") })
    const file = join(world.dir, "node.toml")
    const offers = config.offers.map((o) => ({ ...o, price: o.price.toString() }))
    writeFileSync(file, stringify({ ...config, offers, rpcUrl: rpcUrls[0]! }))
    const registered = await world.market.registerKey(privateKey, world.market.account(1))
    expect(registered.address).to.equal(address)

    const start = async (step: string): Promise<string> => {
      child = spawn(process.execPath, [entry, file, step, "2"], { stdio: ["ignore", "pipe", "inherit"] })
      const [line] = (await once(createInterface({ input: child.stdout! }), "line")) as [string]
      return (JSON.parse(line) as { addresses: string[] }).addresses[0]!
    }
    const agent = await world.agent(registered, await start("none"))
    await agent.connect()
    const lease = await agent.open({ image: world.image, command: ["sh", "-c", "while :; do :; done"] })
    await agent.booksWhen((books) => books.used > 0n)
    child!.kill("SIGKILL")
    await once(child!, "exit")

    const runner = new DockerRunner({ socketPath: world.engine.socketPath, instance: world.instance })
    for (const step of STEPS) {
      agent.options.nodeAddress = await start(step)
      const died = once(child!, "exit")
      await stay(agent, died)
      expect((await died)[1], step).to.equal("SIGKILL")
      expect(
        (await runner.list()).map((f) => f.state.status),
        step,
      ).to.deep.equal(["running"])
    }

    agent.options.nodeAddress = await start("none")
    await agent.connect()
    const used = agent.books.used
    await agent.booksWhen((books) => books.used > used)
    await agent.lease({ stop: { leaseId: lease.id } })
    await agent.watch(lease.id)
    const books = await agent.booksWhen((b) => b.amount === b.used)
    child!.kill("SIGTERM")
    await once(child!, "exit")
    const journal = new Journal(join(dataDir, "journal.sqlite"), world.market.market)
    const stored = new ReceiptStore(journal).tab(bytesToHex(agent.tab))!
    journal.close()
    const seqs = agent.proposals.map((p) => p.seq)
    console.log(
      `      ${STEPS.length + 1} kills, ${new Set(seqs).size} receipts seen, ${books.gpuMs} ms and ${books.used} credits on both sides`,
    )
    expect(agent.errors).to.deep.equal([])
    expect(stored.books.seq).to.equal(books.seq)
    expect(stored.books.used).to.equal(books.used)
    expect(bytesToHex(stored.books.recordsHash)).to.equal(bytesToHex(books.recordsHash))
    // A seq stands for one receipt for ever, whatever was killed in between.
    const bySeq = new Map<number, string>()
    for (const p of agent.proposals) {
      const said = bytesToHex(p.nodeSignature)
      expect(bySeq.get(p.seq) ?? said, `receipt ${p.seq}`).to.equal(said)
      bySeq.set(p.seq, said)
    }
  })

  /** Keeps the agent connected to a node that is about to die. */
  async function stay(agent: TestAgent, died: Promise<unknown>): Promise<void> {
    await Promise.race([agent.connect().then(() => died), died]).catch(() => died)
  }
})
