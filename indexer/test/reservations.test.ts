import { bytesToHex, tabId } from "@berth/protocol"
import { berthAbi, reservationsAbi, verifiersAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import type { Abi } from "viem"
import type { TestTab } from "../../test/support/market.ts"
import { documentedQueries } from "./documented.ts"
import { IndexedChain } from "./indexed-chain.ts"
import { playReservations, type ReservationStory } from "./reservation-story.ts"
import type { TestReservation } from "./reserving.ts"

// biome-ignore lint/suspicious/noExplicitAny: answers of GraphQL and views
type Row = Record<string, any>

for (const kind of ["PGlite", "PostgreSQL"] as const)
  describe(`indexer on ${kind}: reservations, stake, standing orders, verifiers (real chain, every event)`, function () {
    this.timeout(180_000)
    let world: IndexedChain
    let story: ReservationStory

    before(async () => {
      world = await IndexedChain.open(kind)
      // PGlite finds the story there, PostgreSQL sees it live.
      if (kind === "PGlite") story = await playReservations(world.market)
      await world.start()
      if (kind === "PostgreSQL") story = await playReservations(world.market)
      await world.caughtUp()
    })
    after(() => world?.stop())

    const query = (text: string) => world.query(text)
    const of =
      (contract: "berth" | "reservations" | "verifiers") =>
      async (functionName: string, ...args: unknown[]) => {
        const abi = { berth: berthAbi, reservations: reservationsAbi, verifiers: verifiersAbi }[contract] as Abi
        return (await world.chain.client.readContract({ address: world.chain.deployment[contract], abi, functionName, args })) as never
      }
    const [core, module, verifiers] = [of("berth"), of("reservations"), of("verifiers")]
    const key = ({ id }: TestReservation) => `0x${id.toString(16).padStart(64, "0")}`

    async function rowOf(reservation: TestReservation, fields: string): Promise<Row> {
      return (await query(`{ reservation(id: "${key(reservation)}") { ${fields} } }`)).reservation
    }

    it("has the credits of every account as the contract has them, the Reservations contract's too", async () => {
      const { accounts, market } = await query(
        `{ accounts { items { id credits inTabs } } market(id: "${world.market.market.contract}") { accruedFees staked inReservations deposited withdrawn inTabs reservations } }`,
      )
      const module = world.chain.deployment.reservations.toLowerCase()
      expect(accounts.items.map((account: Row) => account.id)).contain(module)
      for (const { id, credits } of accounts.items) expect(credits, id).equal(`${await core("credits", id)}`)
      const held = accounts.items.find((account: Row) => account.id === module).credits
      expect(BigInt(market.staked) + BigInt(market.inReservations)).equal(BigInt(held))
      expect(market.accruedFees).equal(`${await core("accruedFees")}`)
      const sum = accounts.items.reduce((total: bigint, account: Row) => total + BigInt(account.credits) + BigInt(account.inTabs), 0n)
      expect(BigInt(market.deposited) - BigInt(market.withdrawn)).equal(sum + BigInt(market.accruedFees))
      expect(market.reservations).equal(6)
    })

    it("has every reservation as the contract has it", async () => {
      const { reservations } = await query(
        "{ reservations { items { id node holder class gpus startDay term endDay pricePerDay collateralPerDay cancelFeeBps feeBps claimPeriod verifierSet openDays paid owed refundAvailableAt cancelledAt } } }",
      )
      expect(reservations.items).length(6)
      for (const row of reservations.items) {
        const view = (await module("reservationOf", BigInt(row.id))) as Row
        for (const field of ["class", "gpus", "startDay", "term", "endDay", "cancelFeeBps", "feeBps", "claimPeriod", "verifierSet"])
          expect(row[field], `${field} of ${row.id}`).equal(view[field])
        expect([row.node, row.holder]).deep.equal([(view.node as string).toLowerCase(), (view.holder as string).toLowerCase()])
        expect([row.pricePerDay, row.collateralPerDay]).deep.equal([`${view.pricePerDay}`, `${view.collateralPerDay}`])
        expect([row.paid, row.owed], row.id).deep.equal([`${view.earned}`, `${view.owed}`])
        const resolved = (view.resolved as bigint).toString(2).split("1").length - 1
        expect(row.openDays, `open days of ${row.id}`).equal((view.endDay as number) - (view.openDay as number) - resolved)
        const asked = Number(view.refundAskedAt)
        expect(row.refundAvailableAt).equal(asked === 0 ? null : `${asked + 86_400}`)
        expect(row.cancelledAt !== null).equal(view.cancelled)
      }
    })

    it("has days with minutes and who said so; they sum to what was paid", async () => {
      const { a, b, e, f } = story.reservations
      const fields =
        'paid owed paidDays lapsedDays minutes state days(orderBy: "day") { items { day state witness minutes paid owed } } cancellation { paid }'
      const days = async (reservation: TestReservation) => {
        const row = (await rowOf(reservation, fields)) as Row
        const sum = row.days.items.reduce((total: bigint, day: Row) => total + BigInt(day.paid), 0n)
        expect(BigInt(row.paid)).equal(sum)
        expect(row.days.items.reduce((total: number, day: Row) => total + Number(day.minutes), 0)).equal(row.minutes)
        return row.days.items.map((day: Row) => [Number(day.day) - story.start, day.state, day.witness, day.minutes])
      }
      const holder = (day: number, minutes: number) => [day, "paid", "holder", minutes]
      const lapsed = (day: number) => [day, "lapsed", null, 0]
      expect(await days(a)).deep.equal([holder(0, 1_440), holder(1, 701), lapsed(2), lapsed(3), holder(4, 1_439)])
      expect(await days(b)).deep.equal([[0, "paid", "unsigned", 1_440], [1, "paid", "unsigned", 1_440], lapsed(2)])
      expect(await days(e)).deep.equal([lapsed(0), lapsed(1), lapsed(2)])
      expect(await days(f)).deep.equal([[0, "paid", "quorum", 1_440], [1, "paid", "quorum", 1_440], lapsed(2)])
      // 701 of 1,440 minutes of 1,000,007: rounded down, the rest is the holder's.
      const { days: row } = (await rowOf(a, fields)) as never as { days: { items: Row[] } }
      expect([row.items[1]!.paid, row.items[1]!.owed]).deep.equal(["486808", "513199"])
    })

    it("has states, early ends and cancels", async () => {
      const { reservations } = await query("{ reservations { items { id state term startDay endDay } } }")
      const states = Object.fromEntries(reservations.items.map((row: Row) => [row.id, row.state]))
      const { a, b, c, d, e, f } = story.reservations
      expect([a, b, c, d, e, f].map((each) => states[key(each)])).deep.equal(["active", "over", "cancelled", "cancelled", "over", "over"])
      const ended = (await rowOf(e, "endDay openDays lapsedDays")) as Row
      expect(ended).deep.equal({ endDay: story.start + 3, openDays: 0, lapsedDays: 3 })
      const { cancellation } = (await rowOf(c, "cancellation { holder endDay paid returned }")) as Row
      // Two days were left, of which the operator gets a fifth.
      expect(cancellation).to.include({ endDay: story.start + 3, paid: "400002", returned: "1600012" })
      const agreed = (await rowOf(d, "cancellation { endDay paid } refunded owed")) as Row
      expect(agreed.cancellation).to.include({ endDay: story.start + 4, paid: "333302" })
      expect(agreed.owed).equal("0")
    })

    it("has who held it, who signs for which day, and what was refunded", async () => {
      const { a } = story.reservations
      const row = (await rowOf(
        a,
        'holder refunded transfers(orderBy: "id") { items { previous holder } } signers(orderBy: "fromDay") { items { fromDay signer } } refunds { items { account amount } }',
      )) as never as { holder: string; refunded: string; transfers: { items: Row[] }; signers: { items: Row[] }; refunds: { items: Row[] } }
      const [nobody, tenant, buyer] = [`0x${"0".repeat(40)}`, ...[6, 7].map((i) => world.market.account(i).address.toLowerCase())]
      expect(row.transfers.items.map(({ previous, holder }) => [previous, holder])).deep.equal([
        [nobody, tenant],
        [tenant, buyer],
      ])
      expect(row.holder).equal(((await module("ownerOf", a.id)) as string).toLowerCase())
      expect(row.signers.items.map(({ fromDay }) => fromDay)).deep.equal([0, story.start + 4])
      for (let day = story.start; day < story.start + 10; day++) {
        const named = row.signers.items.findLast(({ fromDay }) => Number(fromDay) <= day)!
        expect(named.signer).equal(((await module("signerOf", a.id, day)) as string).toLowerCase())
      }
      // The rest of the day with 701 minutes; those without a minute had not lapsed then.
      expect(row.refunds.items).deep.equal([{ account: buyer, amount: "513199" }])
      expect(row.refunded).equal(row.refunds.items[0]!.amount)
    })

    it("has records of reserved work as anchored, none settled, each with the reservations that name its signer", async () => {
      const { computeRecords, anchors } = await query(
        `{ computeRecords(orderBy: "block") { items { tab seq cumulativeMs amount state reservedTab { node signer signers { items { reservation } } } } }
           anchors(orderBy: "id") { items { verified receipts counted } } }`,
      )
      const { a, b } = story.worked
      const node = story.node.address
      const row = (tab: TestTab, seq: number, ms: string) => ({
        ...{ tab: bytesToHex(tab.id), seq, cumulativeMs: ms, amount: "0", state: "anchored" },
        reservedTab: { node, signer: tab.signer, signers: { items: [{ reservation: key(story.reservations.a) }] } },
      })
      expect(computeRecords.items).deep.equal([row(a, 1, "30000"), row(a, 2, "60000"), row(b, 1, "30000")])
      // The third is of a signer that no reservation names.
      expect(anchors.items.map((x: Row) => [x.verified, x.receipts, x.counted])).deep.equal([
        [true, 1, 1],
        [true, 1, 1],
        [true, 1, 0],
        [true, 1, 1],
      ])
      const counts = await query(
        `{ tab(id: "${bytesToHex(a.id)}") { anchoredReceipts } reservedTab(id: "${bytesToHex(a.id)}") { anchoredReceipts } }`,
      )
      expect(counts).deep.equal({ tab: { anchoredReceipts: 2 }, reservedTab: { anchoredReceipts: 2 } })
    })

    it("has stake by operator and node as the contract has it", async () => {
      const { stakes, nodes } = await query(
        "{ stakes { items { operator free unbonding unbondsAt lockable } } nodes { items { id operator lockable collateral reservations reservationPaid operatorStake { lockable } } } }",
      )
      expect(stakes.items).length(1)
      const [row] = stakes.items
      const onChain = (await module("stakes", row.operator)) as { free: bigint; unbonding: bigint; unbondsAt: number }
      expect([row.free, row.unbonding, row.unbondsAt]).deep.equal([`${onChain.free}`, `${onChain.unbonding}`, `${onChain.unbondsAt}`])
      const [node] = nodes.items
      expect(node.lockable).equal(`${await module("lockable", node.id)}`)
      expect([node.operatorStake.lockable, row.lockable]).deep.equal([node.lockable, node.lockable])
      // Five days of the one that still runs.
      expect([node.reservations, node.collateral]).deep.equal([6, `${5n * 500_103n}`])
    })

    it("has verifier sets and attestations", async () => {
      const { verifierSets, attestations, market } = await query(
        `{ verifierSets { items { id threshold members } } attestations { items { day set root expiresAt } } market(id: "${world.market.market.contract}") { verifierSet } }`,
      )
      const [threshold, members] = (await verifiers("sets", 1)) as [number, string[]]
      expect(verifierSets.items).deep.equal([{ id: 1, threshold, members: members.map((member) => member.toLowerCase()) }])
      expect(market.verifierSet).equal(1)
      const { root, set, expiresAt } = (await verifiers("attestations", story.start + 4)) as {
        root: string
        set: number
        expiresAt: number
      }
      expect(attestations.items).deep.equal([{ day: story.start + 4, set, root, expiresAt: `${expiresAt}` }])
    })

    it("has standing orders, and does not take a claim under one for a countersigned statement", async () => {
      const tab = bytesToHex(tabId(world.market.market, story.ordered, story.node.address))
      const { tab: row } = await query(
        `{ tab(id: "${tab}") { spent deposit order { base cap rate fromTime untilTime } statementList { items { paid countersigned } } } }`,
      )
      const order = (await core("standingOrders", story.ordered, story.node.address)) as Record<string, bigint | number>
      const { base, cap, rate, from, until } = order
      expect(row.order).deep.equal({ base: `${base}`, cap: `${cap}`, rate: `${rate}`, fromTime: `${from}`, untilTime: `${until}` })
      expect(row.statementList.items).deep.equal([{ paid: "50000", countersigned: false }])
      const onChain = (await core("tabs", story.ordered, story.node.address)) as { deposit: bigint; spent: bigint }
      expect([row.deposit, row.spent]).deep.equal([`${onChain.deposit}`, `${onChain.spent}`])
    })

    it("answers every query of docs/dapps.md about these", async () => {
      const queries = documentedQueries("reservations")
      expect(queries).length(4)
      for (const each of queries) {
        const answer = await query(each)
        for (const list of Object.values(answer) as { items: unknown[] }[]) expect(list.items).not.empty
      }
    })
  })
