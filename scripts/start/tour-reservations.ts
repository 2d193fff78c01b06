import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { formatCredits, parseCredits } from "@berth/protocol"
import { berthAbi, reservationsAbi } from "@berth/protocol/abi"
import type { ConnectedAgent } from "@berth/sdk"
import { type HDAccount, parseEther } from "viem"
import { BUSYBOX_IMAGE } from "../engine/images.ts"
import { check } from "./check.ts"
import type { Market, MarketNode, MarketPlan } from "./market.ts"
import { resell } from "./resale.ts"
import { leapTo, type Reservation, type Stage, until } from "./reservation-stage.ts"
import type { Screen } from "./screen.ts"
import { putBehind, putUpStake } from "./stakes.ts"

/** One node is enough; it posts what it is owed each day, so that nobody has to wait for a week. */
export const RESERVATIONS_TOUR: MarketPlan = { nodes: 1, staked: 0, indexer: false, claimEveryDays: 1 }

const CLASS = "cpu/x86-64"
const TERM = 30
const STAKE = parseCredits("20")

/** A reservation's life on a real chain: bought, used, served, missed, refunded and resold. */
export async function tourReservations(market: Market, agent: ConnectedAgent, screen: Screen, resultDir: string): Promise<void> {
  const node = market.nodes[0]!
  screen.step("3  An operator puts stake behind its node")
  await screen.during("staking", stakeFor(market, market.operators[0]!, node))
  screen.say(`${formatCredits(STAKE)} staked: collateral for ${node.name}'s reserved days; tenants pay it whole windows ahead`)

  screen.step("4  A tenant reserves, and works under it")
  const { id, price } = await buy(market, agent, screen)
  const stage = { market, agent, screen, node, id, reservation: () => agent.reservation({ id }) }
  await use(stage)
  await serveOneDay(stage)

  screen.step("5  The node is gone for a day and a half")
  await missDays(stage)
  const refund = await takeRefund(stage)

  screen.step("6  The rest is resold")
  await resell(stage)
  await checkTotals(stage, price, refund)
  await draw(stage, resultDir)
}

async function stakeFor({ chain }: Market, operator: HDAccount, node: MarketNode): Promise<void> {
  // The node posts claims itself, with its own key.
  await chain.fund(node.address, { eth: parseEther("1") })
  await putUpStake(chain, operator, STAKE)
  await putBehind(chain, operator, node, STAKE)
}

async function buy({ chain }: Market, agent: ConnectedAgent, screen: Screen): Promise<{ id: bigint; price: bigint }> {
  await agent.deposit({ amount: parseCredits("60") })
  const offers = await Promise.all(
    [1, 7, TERM].map(async (term) => (await agent.reservationQuotes({ class: CLASS, startDay: "today", term })).offers[0]),
  )
  const quoted = offers.flatMap((o) => o ?? [])
  check(quoted.length === 3, "the node should have quoted three terms")
  screen.table(
    ["term", "a day", "pay-as-you-go, used all day", "less", "collateral a day"],
    quoted.map(({ quote, cost, payAsYouGoPerDay, discountBps }) => [
      `${quote.term} days`,
      formatCredits(quote.pricePerDay),
      formatCredits(payAsYouGoPerDay),
      `${discountBps / 100} %`,
      formatCredits(cost.collateralPerDay),
    ]),
  )
  const best = quoted.at(-1)!
  check(best.discountBps === 1_000, `30 days should cost 10 % less, they cost ${best.discountBps / 100} %`)
  const { id, hash, gasUsed } = await agent.reserve(best)
  const { price, collateral } = best.cost
  screen.say(`reserved one vCPU for ${TERM} days: ${formatCredits(price)} paid, ${formatCredits(collateral)} of the node's stake locked,`)
  screen.say(
    `one transaction (${hash.slice(0, 10)}, ${gasUsed} gas); the token is ${`0x${id.toString(16).padStart(64, "0")}`.slice(0, 10)}…`,
  )
  const lockable = await chain.client.readContract({
    ...{ address: chain.deployment.reservations, abi: reservationsAbi, functionName: "lockable", args: [best.quote.node] },
  })
  check(lockable === STAKE - collateral, `${lockable} credits are still lockable`)
  return { id, price }
}

async function use({ agent, screen, id }: Stage): Promise<void> {
  const { available } = await agent.balance()
  const reservation = `0x${id.toString(16).padStart(64, "0")}`
  const command = ["sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo counted to $i, paid for already"]
  const lease = await agent.run({ image: BUSYBOX_IMAGE, command, class: CLASS, reservation })
  const decoder = new TextDecoder()
  for await (const { data } of agent.logs(lease.leaseId, { follow: true })) screen.say(`| ${decoder.decode(data).trimEnd()}`)
  for await (const now of agent.watch(lease.leaseId)) if (now.state === "ended") break
  const ended = await until(
    "its last receipt is signed",
    () => agent.lease(lease.leaseId),
    (l) => l.activeMs > 0n,
  )
  check(ended.exitCode === 0, `the container ended with ${ended.exitCode} (${ended.reason})`)
  check(ended.amount === 0n && ended.reservation === reservation, `it was billed ${ended.amount}`)
  check((await agent.tabs()).length === 0 && (await agent.balance()).available === available, "it took a tab, or money")
  screen.say(`a container ran ${(Number(ended.activeMs) / 1000).toFixed(1)} s under it: signed receipts of $0.00, no tab, no deposit`)
}

async function serveOneDay({ market, screen, reservation }: Stage): Promise<void> {
  const { startDay, pricePerDay } = await reservation()
  await leapTo(market, startDay + 1)
  screen.say("chain time moved past midnight (UTC): the agent signs for the day, the node posts it")
  const paid = await screen.during(
    "the claim",
    until("the first day is paid", reservation, (r) => r.earned > 0n && r.days[0]!.state === "paid"),
  )
  const { minutes, witness } = paid.days[0]!
  check(minutes === 1_440 && witness === "holder" && paid.earned === pricePerDay, `the day was paid as ${minutes} minutes: ${paid.earned}`)
  screen.say(`served: ${minutes} minutes, ${formatCredits(paid.earned)} to the operator, the day's collateral back to its stake`)
}

async function missDays({ market, agent, screen, node, id, reservation }: Stage): Promise<void> {
  const { startDay, pricePerDay, collateralPerDay, claimPeriod } = await reservation()
  // Of a day on which it was there for less than an hour the agent would sign nothing.
  await leapTo(market, startDay + 1, 10)
  await market.stopNode(node)
  await until(
    "the agent misses the node",
    () => agent.reservations(),
    ([r]) => r?.missing !== undefined,
  )
  const missed = startDay + 2
  await leapTo(market, missed + 1)
  await until(
    "the agent has seen it all",
    () => agent.reservations(),
    ([r]) => r?.days.some((d) => d.day === missed && d.minutes === 0) ?? false,
  )
  await market.startNode(node)
  const back = await screen.during(
    "the claim",
    until("the second day is paid", reservation, (r) => r.days[1]!.state === "paid"),
  )
  const [, { minutes }, none] = back.days as [unknown, { minutes: number }, { state: string }]
  check(none.state === "open" && minutes < 720, `day 2 has ${minutes} minutes, day 3 is ${none.state}`)
  screen.say(`back again, the node posts what the agent signed for day 2: ${minutes} minutes. For day 3 it signed none: no claim, not yet`)
  await leapTo(market, missed + 1 + claimPeriod)
  await agent.lapseDays({ id })
  const resolved = (r: Reservation) => r.days.every((d) => d.state !== "open")
  const { days, owed } = await screen.during("the claims", until("the other days are resolved", reservation, resolved))
  const lapsed = days.filter((d) => d.state === "lapsed").length
  check(days[2]!.state === "lapsed" && lapsed === 1, `day 3 is ${days[2]!.state}, ${lapsed} days have lapsed`)
  check(owed > pricePerDay + collateralPerDay, `${owed} credits are owed`)
  screen.say(`${claimPeriod} days after its end it lapsed: price and collateral of it come back, and what was missed of day 2. Three such`)
  screen.say(`days running would have ended the term. ${formatCredits(owed)} lie in the token now`)
}

async function takeRefund({ market, agent, screen, id }: Stage): Promise<bigint> {
  const before = (await agent.balance()).available
  const { startDay } = await agent.reservation({ id })
  await agent.askRefund({ id })
  await leapTo(market, startDay + 13)
  const { amount } = await agent.takeRefund({ id })
  check((await agent.balance()).available === before + amount, "the refund did not arrive")
  screen.say(`asked for it, and a day later took ${formatCredits(amount)} home: a buyer who saw it in the token would have had it`)
  return amount
}

/** Nothing was lost and nothing made: price and lost collateral are paid out, owed, or still lie with days to come. */
async function checkTotals({ market, screen, reservation }: Stage, price: bigint, refund: bigint): Promise<void> {
  // The day that ended last may be on its way to the chain.
  await until("every day that is over is resolved", reservation, (now) => now.days.every((d) => d.state !== "open"))
  const r = await reservation()
  const count = (...states: string[]) => BigInt(r.days.filter((d) => states.includes(d.state)).length)
  const lost = r.collateralPerDay * count("lapsed")
  const ahead = count("running", "upcoming")
  check(r.refunded === refund, `${r.refunded} was refunded, the tenant got ${refund}`)
  check(r.earned + r.refunded + r.owed + r.pricePerDay * ahead === price + lost, "price and penalties don't add up")
  const { berth, reservations } = market.chain.deployment
  const { client } = market.chain
  const held = await client.readContract({ address: berth, abi: berthAbi, functionName: "credits", args: [reservations] })
  const at = { address: reservations, abi: reservationsAbi } as const
  const lockable = await client.readContract({ ...at, functionName: "lockable", args: [market.nodes[0]!.address] })
  const staked = await client.readContract({ ...at, functionName: "stakes", args: [market.operators[0]!.address] })
  const locked = (r.pricePerDay + r.collateralPerDay) * ahead
  check(held === lockable + staked.free + staked.unbonding + r.owed + locked, `the contract holds ${held}`)
  screen.say(`${formatCredits(price)} price + ${formatCredits(lost)} lost collateral = ${formatCredits(r.earned)} to the operator`)
  screen.say(
    `+ ${formatCredits(r.refunded)} refunded + ${formatCredits(r.owed)} owed + ${formatCredits(r.pricePerDay * ahead)} for ${ahead} days to come`,
  )
}

async function draw({ market, screen, id }: Stage, resultDir: string): Promise<void> {
  const { client, deployment } = market.chain
  const uri = await client.readContract({ address: deployment.reservations, abi: reservationsAbi, functionName: "tokenURI", args: [id] })
  const { name, image } = JSON.parse(dataOf(uri)) as { name: string; image: string }
  const svg = dataOf(image)
  check(svg.startsWith("<svg"), `the picture begins with ${svg.slice(0, 20)}`)
  mkdirSync(resultDir, { recursive: true })
  writeFileSync(join(resultDir, "reservation.svg"), svg)
  screen.say(`the token's picture, drawn by the contract ("${name}"): ${join(resultDir, "reservation.svg")}`)
}

/** What a data URI holds. */
function dataOf(uri: string): string {
  const [head = "", data = ""] = [uri.slice(0, uri.indexOf(",")), uri.slice(uri.indexOf(",") + 1)]
  return head.endsWith(";base64") ? Buffer.from(data, "base64").toString() : decodeURIComponent(data)
}
