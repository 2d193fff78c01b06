import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { bytesToHex, unpackFigures } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import type { LocalChain } from "../../scripts/local-chain/index.ts"
import type { TestMarket } from "../../test/support/market.ts"
import { documentedQueries } from "./documented.ts"
import { IndexedChain } from "./indexed-chain.ts"
import { DISCOUNTS, playStory, type Story } from "./story.ts"

for (const kind of ["PGlite", "PostgreSQL"] as const)
  describe(`indexer on ${kind} (real chain, every event)`, function () {
    this.timeout(180_000)
    let world: IndexedChain
    let chain: LocalChain
    let market: TestMarket
    let story: Story

    before(async () => {
      world = await IndexedChain.open(kind)
      ;({ chain, market } = world)
      // PGlite sees the story live, PostgreSQL finds it there.
      if (kind === "PostgreSQL") story = await playStory(market)
      await world.start()
      if (kind === "PGlite") story = await playStory(market)
      await world.caughtUp()
    })

    after(() => world?.stop())

    const query = (text: string) => world.query(text)

    it("has the credits of every account as the contract has them", async () => {
      const { accounts, market: totals } = await query(
        `{ accounts { items { id credits deposited withdrawn inTabs spent earned } } market(id: "${market.market.contract}") { accruedFees feesWithdrawn feeBps paused owner pendingOwner inTabs deposited withdrawn } }`,
      )
      expect(accounts.items).length(3)
      let held = 0n
      for (const account of accounts.items) {
        const onChain = await read("credits", [account.id])
        expect(account.credits, account.id).equal(`${onChain}`)
        held += BigInt(account.credits) + BigInt(account.inTabs)
      }
      expect(totals).to.include({ feeBps: 100, paused: false, accruedFees: "0" })
      // Handed over in the story, and offered to the next.
      expect([totals.owner, totals.pendingOwner]).deep.equal([3, 4].map((i) => market.account(i).address.toLowerCase()))
      const [owner, pending] = (await Promise.all([read("owner"), read("pendingOwner")])) as [string, string]
      expect([owner.toLowerCase(), pending.toLowerCase()]).deep.equal([totals.owner, totals.pendingOwner])
      expect(BigInt(totals.deposited) - BigInt(totals.withdrawn) - BigInt(totals.feesWithdrawn)).equal(held)
    })

    it("has every tab as the contract has it", async () => {
      const { tabs } = await query("{ tabs { items { id tenant signer node deposit spent feeBps state closesAt returned statements } } }")
      expect(tabs.items).length(3)
      for (const tab of tabs.items) {
        const onChain = (await read("tabs", [tab.signer, tab.node])) as { deposit: bigint; spent: bigint; state: number; tenant: string }
        // The contract takes what it returned off a closed tab's deposit.
        expect([`${BigInt(tab.deposit) - BigInt(tab.returned)}`, tab.spent, tab.tenant]).deep.equal([
          `${onChain.deposit}`,
          `${onChain.spent}`,
          onChain.tenant.toLowerCase(),
        ])
        expect(tab.state).equal(onChain.state === 1 ? "open" : "closed")
      }
    })

    it("has nodes, offers and profiles in force, and the price index", async () => {
      const { nodes, classPrices } = await query(
        `{ nodes(orderBy: "registeredAt") { items { id tier region addresses recorders retired version payingTenants offers { items { class price active discounts } } profiles { items { version region } } } }
           classPrices { items { class offers units paidPrice } } }`,
      )
      const [a, b] = nodes.items
      expect(a).to.include({
        id: story.nodes.a.address,
        tier: "partner",
        region: "FR/Paris",
        retired: false,
        version: "2",
        payingTenants: 1,
      })
      expect(a.addresses).deep.equal(["/ip4/127.0.0.1/tcp/9001"])
      expect(a.profiles.items).length(2)
      expect(b).to.include({ tier: "data_center", region: "JP\uFFFD", retired: true })
      expect(b.offers.items.map((o: { class: string; active: boolean }) => [o.class, o.active])).deep.equal([
        ["nvidia/h200", false],
        ["cpu/x86-64", false],
      ])
      expect(a.offers.items[0].discounts).deep.equal(DISCOUNTS)
      const prices = Object.fromEntries(classPrices.items.map((c: { class: string; paidPrice: string; units: number }) => [c.class, c]))
      expect(prices["nvidia/rtx-4090"]).to.include({ paidPrice: "360000", units: 2 })
      expect(prices["nvidia/h200"]).to.include({ paidPrice: null, units: 0 })
    })

    it("sums days and nodes to what the raw events say", async () => {
      const logs = await chain.client.getContractEvents({
        address: chain.deployment.berth,
        abi: berthAbi,
        eventName: "Settled",
        fromBlock: 0n,
      })
      const { days, nodeDays, statements, settlements, skippedLines } = await query(
        `{ days { items { day paid fees gpuMs statements tabs nodes } } nodeDays { items { paid fees gpuMs } } statements { items { id paid fee addedGpuMs } }
           settlements { items { id paidLines skippedLines paid bytes } } skippedLines(orderBy: "index", orderDirection: "asc") { items { reason } } }`,
      )
      const sum = (rows: Record<string, string>[], key: string) => rows.reduce((total, row) => total + BigInt(row[key]!), 0n)
      const paid = logs.reduce((total, log) => total + unpackFigures(log.args.figures!).paid, 0n)
      for (const [rows, key] of [
        [days.items, "paid"],
        [nodeDays.items, "paid"],
        [statements.items, "paid"],
        [settlements.items, "paid"],
      ] as const)
        expect(sum(rows, key)).equal(paid)
      expect(statements.items).length(logs.length)
      expect(sum(days.items, "gpuMs")).equal(lastGpuMs(logs as never))
      expect(sum(days.items, "fees")).equal(sum(statements.items, "fee"))
      expect(days.items.map((d: { statements: number; tabs: number; nodes: number }) => [d.statements, d.tabs, d.nodes])).deep.equal([
        [3, 3, 2],
        [1, 1, 1],
      ])
      const [stale, forged] = skippedLines.items.map((l: { reason: string }) => l.reason)
      expect(stale).equal("stale")
      // An altered signature is somebody's without a tab, or nobody's: which of the two is chance.
      expect(forged).match(/^(unknown_tab|bad_signature)$/)
      expect(settlements.items).length(3)
    })

    it("counts anchors of named recorders once, and proves records by settled statements", async () => {
      const { anchors, computeRecords, statements, leases, recorders } = await query(
        `{ anchors { items { verified receipts counted records } } computeRecords { items { tab seq leaseNo amount state statementInfo { provenSeq recordsHash } } }
           statements { items { tab provenSeq } } leases { items { tab leaseNo cumulativeMs amount termsHash } } recorders { items { id anchors } } }`,
      )
      expect(anchors.items.map((x: Record<string, unknown>) => [x.verified, x.receipts, x.counted])).deep.equal([
        [true, 2, 2],
        [true, 3, 3],
        [true, 2, 0],
        [true, 2, 0],
        [true, 1, 0],
        [false, 0, 0],
        [null, 0, 0],
        [true, 1, 0],
        [true, 1, 1],
      ])
      expect(computeRecords.items).length(6)
      for (const record of computeRecords.items) expect(record, JSON.stringify(record)).to.include({ state: "settled" })
      expect(statements.items.map((s: { provenSeq: number | null }) => s.provenSeq)).deep.equal([3, 2, null, 4])
      const { one } = story.tabs
      const mine = leases.items.filter((l: { tab: string }) => l.tab === bytesToHex(one.id))
      expect(mine.map((l: { cumulativeMs: string; amount: string }) => [l.cumulativeMs, l.amount])).deep.equal([
        ["7200000", "720000"],
        ["600000", "60000"],
      ])
      expect(recorders.items).length(2)
    })

    it("answers every query of docs/dapps.md", async () => {
      const queries = documentedQueries("tabs")
      expect(queries).length(5)
      for (const each of queries) {
        const answer = await query(each)
        for (const list of Object.values(answer) as { items: unknown[] }[]) expect(list.items).not.empty
      }
    })

    it("refuses a query that may ask for a thousand million rows, one that is too long, and one that is none", async () => {
      const refusal = (text: string) =>
        query(text).then(
          () => expect.fail("it was answered"),
          (error: Error) => error.message,
        )
      const days = (within: string) => `days(limit: 1000) { items { day ${within} } }`
      const deep = `{ nodes(limit: 1000) { items { ${days(`nodeInfo { ${days("nodeInfo { id }")} }`)} } } }`
      expect(await refusal(deep)).to.contain("at most 100000 are given: set limits on its lists")
      expect(await refusal("{ nope")).to.contain("Syntax Error")
      expect(await refusal(`{ nodes { items { id } } } #${"x".repeat(70_000)}`)).to.be.a("string")
      expect((await query("{ nodes { items { id } } }")).nodes.items).length(2)
    })

    it("shows a mined deposit within a poll", async () => {
      const took: number[] = []
      for (let i = 0; i < 5; i++) {
        const tenant = market.account(10 + i)
        await market.deposit(tenant, 1_000n)
        const mined = performance.now()
        const id = tenant.address.toLowerCase()
        while (!(await query(`{ account(id: "${id}") { credits } }`)).account) await sleep(5)
        took.push(Math.round(performance.now() - mined))
      }
      const memory = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${world.indexer.pid}/status`, "utf8"))?.[1]
      console.log(`      mined to visible: ${took.join(", ")} ms; resident ${Math.round(Number(memory) / 1024)} MiB`)
      expect(Math.min(...took)).below(1_000)
    })

    it("killed with -9, goes on where it was; what happened meanwhile is there", async () => {
      process.kill(world.indexer.pid, "SIGKILL")
      await world.indexer.ended
      const tenant = market.account(15)
      await market.deposit(tenant, 4_321n)
      await world.start()
      await world.caughtUp()
      const { account, statements } = await query(
        `{ account(id: "${tenant.address.toLowerCase()}") { credits } statements { totalCount } }`,
      )
      expect(account.credits).equal("4321")
      expect(statements.totalCount).equal(4)
    })

    const read = (functionName: "credits" | "tabs" | "owner" | "pendingOwner", args: readonly unknown[] = []): Promise<unknown> =>
      chain.client.readContract({ address: chain.deployment.berth, abi: berthAbi, functionName, args } as never)

    /** Each tab's highest gpuMs, summed. */
    function lastGpuMs(logs: readonly { args: { signer: string; figures: `0x${string}` } }[]): bigint {
      const last = new Map<string, bigint>()
      for (const { args } of logs) {
        const { gpuMs } = unpackFigures(args.figures)
        if (gpuMs > (last.get(args.signer) ?? 0n)) last.set(args.signer, gpuMs)
      }
      return [...last.values()].reduce((a, b) => a + b, 0n)
    }
  })
