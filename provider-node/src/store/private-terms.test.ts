import { execFile } from "node:child_process"
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { promisify } from "node:util"
import { bytesToHex, keccakText, type Market } from "@berth/protocol"
import { expect } from "chai"
import { pino } from "pino"
import { addressOf, World } from "../../test-support/world.ts"
import type { LeaseRow } from "../lease/lease.ts"
import { LeaseTable } from "../lease/table.ts"
import { Journal } from "./journal.ts"
import { LeaseStore } from "./lease-store.ts"
import { MIGRATIONS } from "./migrations.ts"

const contract = `0x${"aa".repeat(20)}` as const
const market: Market = { chainId: 31_337, contract }
const modes = (dir: string) => Object.fromEntries(readdirSync(dir).map((name) => [name, statSync(join(dir, name)).mode & 0o777]))

/** Files under `dir` that hold `text`. Another process reads them: one of ours that closes a file drops SQLite's locks of it. */
async function holding(text: string, dir: string): Promise<string[]> {
  const found = promisify(execFile)("grep", ["-rlaF", "--", text, dir])
  return found.then(
    ({ stdout }) => stdout.trim().split("\n"),
    (error) => (error.code === 1 ? [] : Promise.reject(error)),
  )
}

function row(name: string, env: string): LeaseRow {
  const tab = keccakText(`tab ${name.length % 3}`)
  const terms = { tab, leaseNo: Number(name), class: "cpu/x86-64", count: 1, price: 1n, meter: 0, start: 1n }
  return {
    deal: {
      ...{
        leaseId: bytesToHex(keccakText(`lease ${name}`)),
        tab: bytesToHex(tab),
        signer: contract,
        startPrice: 0n,
        pullLimit: 0n,
        retention: 0,
      },
      terms: { ...terms, window: 1_000, pause: 1_000, stop: 1_000, idle: 1_000 },
      ...{
        privateTerms: { image: "busybox", command: ["run", `c-${env}`], env: { TOKEN: env } },
        nodeSignature: new Uint8Array(64),
        devices: [],
      },
    },
    ...{ state: "ready", reason: null, detail: "", exitCode: null, endWish: null, imageId: "", activeMs: 0n, forgivenMs: 0n },
    ...{ endedAt: null, removed: false },
  }
}

describe("what tenants run is theirs", function () {
  this.timeout(60_000)
  let dir: string
  const path = () => join(dir, "journal.sqlite")
  const open = () => new Journal(path(), market)
  const tableOf = (journal: Journal) => new LeaseTable({ store: new LeaseStore(journal), log: pino({ level: "silent" }) })
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-private-"))
    chmodSync(dir, 0o755)
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it("the journal's files are their owner's alone, whatever the directory and the files' age", () => {
    let journal = open()
    expect(modes(dir)).deep.equal({ "journal.sqlite": 0o600, "journal.sqlite-shm": 0o600, "journal.sqlite-wal": 0o600 })
    journal.close()
    chmodSync(path(), 0o644)
    for (const more of ["-wal", "-shm"]) writeFileSync(path() + more, "", { mode: 0o644 })
    journal = open()
    expect(modes(dir)).deep.equal({ "journal.sqlite": 0o600, "journal.sqlite-shm": 0o600, "journal.sqlite-wal": 0o600 })
    journal.close()
  })

  it("env and command of a removed lease are in no file; those of a lease that is kept, and all images, still are", async () => {
    const journal = open()
    const leases = tableOf(journal)
    const kept: string[] = []
    // Sizes and an order in which SQLite, had it these beside one another, leaves copies of some in its pages' unused parts.
    const sizes = [0, 100, 300, 600, 900]
    for (let i = 1; i <= 600; i++) {
      const name = String(i)
      const lease = leases.add(row(name, `${i % 10 === 0 ? "KEPT" : "GONE"}-${name}-${"x".repeat(sizes[i % 5]!)}`))
      leases.saveActivity(lease)
      if (i % 10 === 0) kept.push(name)
      const old = i > 40 ? leases.find(bytesToHex(keccakText(`lease ${i - 40}`))) : undefined
      if (old && (i - 40) % 10 !== 0) leases.setRemoved(old)
    }
    expect(await holding("GONE-", dir)).not.deep.equal([])
    for (const lease of leases.all()) if (lease.leaseNo % 10 !== 0 && !lease.row.removed) leases.setRemoved(lease)
    leases.wipe()
    expect(await holding("GONE-", dir)).deep.equal([])
    expect(leases.all().filter((l) => l.row.deal.privateTerms.env).length, "in memory").equal(kept.length)
    journal.close()

    const again = open()
    const store = new LeaseStore(again)
    for (let i = 1; i <= 600; i++) {
      const known = row(String(i), `KEPT-${i}-${"x".repeat(sizes[i % 5]!)}`).deal
      expect(store.find(known.leaseId)!.deal.privateTerms).deep.equal(i % 10 === 0 ? known.privateTerms : { image: "busybox" })
    }
    again.close()
  })

  it("what an older version stored is kept where it is needed still, and taken out elsewhere", async () => {
    const version = MIGRATIONS.findIndex((sql) => sql.includes("private_terms"))
    const db = new DatabaseSync(path())
    for (const sql of MIGRATIONS.slice(0, version)) db.exec(sql)
    db.exec(`PRAGMA user_version=${version}`)
    const insert = db.prepare(
      `INSERT INTO leases (chain_id, contract, lease_id, tab, lease_no, terms, state, detail, image_id, active_ms, removed)
       VALUES (31337, '${contract}', ?, ?, ?, ?, 'ended', '', '', '0', ?)`,
    )
    for (const [name, removed] of Object.entries({ 1: 0, 2: 1 })) {
      const { leaseId, tab, ...deal } = row(name, `OLD-${name}`).deal
      const plain = (_: string, v: unknown) => (typeof v === "bigint" ? `${v}n` : v instanceof Uint8Array ? bytesToHex(v) : v)
      insert.run(leaseId, tab, Number(name), JSON.stringify({ ...deal, terms: { ...deal.terms, tab: undefined } }, plain), removed)
    }
    db.close()
    const journal = open()
    const store = new LeaseStore(journal)
    expect(store.find(row("1", "").deal.leaseId)!.deal).deep.equal(row("1", "OLD-1").deal)
    expect(store.find(row("2", "").deal.leaseId)!.deal).deep.equal({ ...row("2", "").deal, privateTerms: { image: "busybox" } })
    expect(new LeaseTable({ store, log: pino({ level: "silent" }) }).wipe()).equal(undefined)
    expect(await holding("OLD-2", dir)).deep.equal([])
    journal.close()
  })

  it("a node's sweeps take it out while the node runs", async () => {
    const world = await World.start()
    try {
      const registered = await world.register()
      const config = world.config({ retentionSeconds: 0 })
      const node = await world.start(registered, config)
      const agent = await world.agent(registered, addressOf(node))
      await agent.connect()
      const { id } = await agent.open({ image: world.image, command: ["sh", "-c", "exit 0"], env: { TOKEN: "tenants-secret" } })
      expect(await holding("tenants-secret", config.dataDir)).not.deep.equal([])
      await agent.watch(id)
      await node.leaseLoop.sweep() // its time is over: it is removed
      await node.leaseLoop.sweep()
      expect(await holding("tenants-secret", config.dataDir)).deep.equal([])
      expect(Object.values(modes(config.dataDir)).filter((mode) => mode !== 0o600)).deep.equal([])
      await node.stop()
    } finally {
      await world.stop()
    }
  })
})
