import { type Context, ponder } from "ponder:registry"
import schema from "ponder:schema"
import { unpackFigures } from "@berth/protocol"
import { zeroAddress } from "viem"
import { indexerConfig } from "../config.ts"
import { proveTab } from "./prove.ts"
import { cleanText, lower, profileRow } from "./reduce/node.ts"
import { classOfLine, paidPrice } from "./reduce/price.ts"
import { isSettleCall, payment, settledLine } from "./reduce/settlement.ts"
import { addToAccount, addToMarket, marketOf, setMarket, tabOf } from "./store.ts"

type Hex = `0x${string}`
type Db = Context["db"]

ponder.on("Berth:setup", async ({ context }) => {
  const { computeRecords, reserve, chainId } = indexerConfig().deployment
  await context.db.insert(schema.market).values({
    ...{ id: marketOf(context).contract, chainId, computeRecords, reserve, feeBps: 0, paused: false },
    // The constructor's event names the owner.
    ...{ owner: zeroAddress, pendingOwner: zeroAddress },
    ...{ accruedFees: 0n, feesWithdrawn: 0n, deposited: 0n, withdrawn: 0n, inTabs: 0n, paid: 0n, gpuMs: 0n },
    ...{ nodes: 0, tabs: 0, statements: 0, anchors: 0, records: 0 },
    ...{ staked: 0n, inReservations: 0n, reservationPaid: 0n, reservations: 0, verifierSet: 0 },
  })
})

ponder.on("Berth:Deposited", async ({ event, context }) => {
  const { to, amount } = event.args
  await addToAccount(context.db, lower(to), { credits: amount, deposited: amount })
  await addToMarket(context, { deposited: amount })
})

ponder.on("Berth:Withdrawn", async ({ event, context }) => {
  const { account, amount } = event.args
  await addToAccount(context.db, lower(account), { credits: -amount, withdrawn: amount })
  await addToMarket(context, { withdrawn: amount })
})

ponder.on("Berth:FeeSet", ({ event, context }) => setMarket(context, { feeBps: event.args.bps }))
ponder.on("Berth:PausedSet", ({ event, context }) => setMarket(context, { paused: event.args.paused }))
ponder.on("Berth:OwnershipTransferStarted", ({ event, context }) => setMarket(context, { pendingOwner: lower(event.args.newOwner) }))
// Also ends what was offered, to whomever.
ponder.on("Berth:OwnershipTransferred", ({ event, context }) =>
  setMarket(context, { owner: lower(event.args.newOwner), pendingOwner: zeroAddress }),
)
ponder.on("Berth:FeesWithdrawn", ({ event, context }) =>
  addToMarket(context, { accruedFees: -event.args.amount, feesWithdrawn: event.args.amount }),
)

ponder.on("Berth:NodeRegistered", async ({ event, context }) => {
  const id = lower(event.args.node)
  const operator = lower(event.args.operator)
  // Profile and offers follow in the same transaction.
  await context.db.insert(schema.node).values({
    ...{ id, operator, tier: "individual", region: "", addresses: [], recorders: [], metadataHash: "0x", retired: false, version: 0n },
    ...{
      offerCount: 0,
      registeredAt: event.block.timestamp,
      updatedAt: event.block.timestamp,
      paid: 0n,
      gpuMs: 0n,
      tabs: 0,
      payingTenants: 0,
    },
    ...{ lockable: 0n, collateral: 0n, reservations: 0, reservationPaid: 0n },
  })
  await addToAccount(context.db, operator, {})
  await addToMarket(context, { nodes: 1 })
})

ponder.on("Berth:NodeUpdated", async ({ event, context }) => {
  const { version, profile } = event.args
  const node = lower(event.args.node)
  const row = profileRow(profile)
  const { timestamp } = event.block
  await context.db.update(schema.node, { id: node }).set({ ...row, version, updatedAt: timestamp })
  await context.db.insert(schema.nodeProfile).values({ node, version, ...row, timestamp, tx: event.transaction.hash })
})

ponder.on("Berth:OffersUpdated", async ({ event, context }) => {
  const { version, offers } = event.args
  const node = lower(event.args.node)
  await dropOffers(context.db, node)
  for (const [position, { class: text, ...offer }] of offers.entries()) {
    const name = cleanText(text)
    await context.db
      .insert(schema.offer)
      .values({ node, position, class: name, ...offer, discounts: [...offer.discounts], version, active: true })
    await countOffer(context.db, name, 1, offer.count)
  }
  await context.db.update(schema.node, { id: node }).set({ version, offerCount: offers.length, updatedAt: event.block.timestamp })
})

ponder.on("Berth:NodeRetired", async ({ event, context }) => {
  const id = lower(event.args.node)
  const { db } = context
  const { offerCount } = await db.update(schema.node, { id }).set({ retired: true, updatedAt: event.block.timestamp })
  for (let position = 0; position < offerCount; position++) {
    const offer = await db.update(schema.offer, { node: id, position }).set({ active: false })
    await countOffer(db, offer.class, -1, -offer.count)
  }
})

ponder.on("Berth:TabOpened", async ({ event, context }) => {
  const { amount, feeBps } = event.args
  const [tenant, signer, node] = [lower(event.args.tenant), lower(event.args.signer), lower(event.args.node)]
  const { operator } = await context.db.update(schema.node, { id: node }).set((row) => ({ tabs: row.tabs + 1 }))
  const id = tabOf(context, signer, node)
  // A reservation may have named this signer before: its receipts go on in this tab.
  const anchoredReceipts = (await context.db.find(schema.reservedTab, { id }))?.anchoredReceipts ?? 0
  await context.db.insert(schema.tab).values({
    ...{ id, tenant, signer, node, operator, deposit: amount, spent: 0n, feeBps, state: "open" },
    ...{ openedAt: event.block.timestamp, returned: 0n, gpuMs: 0n, amount: 0n, statements: 0, anchoredReceipts },
  })
  await addToAccount(context.db, tenant, { credits: -amount, inTabs: amount })
  await addToMarket(context, { tabs: 1, inTabs: amount })
})

ponder.on("Berth:StandingOrderGiven", async ({ event, context }) => {
  const { base, cap, rate, from, until, signer, node } = event.args
  const times = { fromTime: BigInt(from), untilTime: BigInt(until) }
  await context.db.insert(schema.standingOrder).values({ tab: tabOf(context, signer, node), base, cap, rate, ...times })
})

ponder.on("Berth:TabToppedUp", async ({ event, context }) => {
  const { amount, deposit } = event.args
  const { tenant } = await context.db.update(schema.tab, { id: tabOf(context, event.args.signer, event.args.node) }).set({ deposit })
  await addToAccount(context.db, tenant, { credits: -amount, inTabs: amount })
  await addToMarket(context, { inTabs: amount })
})

ponder.on("Berth:CloseRequested", async ({ event, context }) => {
  const id = tabOf(context, event.args.signer, event.args.node)
  await context.db.update(schema.tab, { id }).set({ state: "closing", closesAt: event.args.closesAt })
})

ponder.on("Berth:TabClosed", async ({ event, context }) => {
  const { paid, returned } = event.args
  const { db } = context
  const id = tabOf(context, event.args.signer, event.args.node)
  const tab = (await db.find(schema.tab, { id }))!
  const { spent, fee, earned } = payment(tab, paid)
  await db.update(schema.tab, { id }).set({ state: "closed", closedAt: event.block.timestamp, spent, returned })
  await addToAccount(db, tab.tenant, { inTabs: -paid - returned, credits: returned, spent: paid })
  await addToAccount(db, tab.operator, { credits: earned, earned })
  await addToMarket(context, { inTabs: -paid - returned, paid, accruedFees: fee })
  if (paid > 0n) await paidNode(db, tab.tenant, tab.node, paid, 0n)
})

ponder.on("Berth:Settled", async ({ event, context }) => {
  const { recordsHash } = event.args
  const figures = unpackFigures(event.args.figures)
  const { day, amount, paid } = figures
  const { db } = context
  const id = tabOf(context, event.args.signer, event.args.node)
  const tab = (await db.find(schema.tab, { id }))!
  const line = settledLine(tab, figures)
  const { fee, earned, addedGpuMs, gpuMs, spent } = line
  await db.update(schema.tab, { id }).set({
    ...{ spent, gpuMs, amount: line.amount, statements: tab.statements + 1 },
    ...(line.newest ? { day, recordsHash } : {}),
  })
  const { number: block, timestamp } = event.block
  const { tenant, signer, node, operator } = tab
  const order = await db.find(schema.standingOrder, { tab: id })
  const countersigned = !order || isSettleCall(event.transaction, marketOf(context).contract)
  await db.insert(schema.statement).values({
    ...{ id: event.id, tab: id, tenant, signer, node, operator, day, gpuMs: figures.gpuMs, amount, recordsHash },
    ...{ paid, fee, addedGpuMs, tx: event.transaction.hash, block, timestamp, countersigned },
  })
  await countSettlement(db, event, { paidLines: 1, skippedLines: 0, paid })
  await addToAccount(db, tenant, { inTabs: -paid, spent: paid })
  await addToAccount(db, operator, { credits: earned, earned })
  await addToMarket(context, { inTabs: -paid, paid, gpuMs: addedGpuMs, accruedFees: fee, statements: 1 })
  await paidNode(db, tenant, node, paid, addedGpuMs)
  await countDay(db, { day, node, tab: id, paid, fee, gpuMs: addedGpuMs })
  await countPrice(db, node, paid, addedGpuMs)
  if (tab.anchoredReceipts > 0) await proveTab(context, id, block)
})

ponder.on("Berth:LineSkipped", async ({ event, context }) => {
  const { index, reason } = event.args
  const [node, signer] = [lower(event.args.node), lower(event.args.signer)]
  await context.db.insert(schema.skippedLine).values({
    ...{ id: event.id, tx: event.transaction.hash, node, signer, index: Number(index), timestamp: event.block.timestamp },
    reason: schema.skipReason.enumValues[reason] ?? "none",
  })
  await countSettlement(context.db, event, { paidLines: 0, skippedLines: 1, paid: 0n })
})

async function dropOffers(db: Db, node: Hex): Promise<void> {
  const { offerCount } = (await db.find(schema.node, { id: node }))!
  for (let position = 0; position < offerCount; position++) {
    const old = (await db.find(schema.offer, { node, position }))!
    await db.delete(schema.offer, { node, position })
    await countOffer(db, old.class, -1, -old.count)
  }
}

async function countOffer(db: Db, name: string, offers: number, units: number): Promise<void> {
  await db
    .insert(schema.classPrice)
    .values({ class: name, offers, units, paid: 0n, gpuMs: 0n })
    .onConflictDoUpdate((row) => ({ offers: row.offers + offers, units: row.units + units }))
}

type SettleEvent = { transaction: { hash: Hex; from: Hex; input: Hex }; block: { number: bigint; timestamp: bigint } }

async function countSettlement(db: Db, event: SettleEvent, line: { paidLines: number; skippedLines: number; paid: bigint }): Promise<void> {
  const { hash, from, input } = event.transaction
  await db
    .insert(schema.settlement)
    .values({
      id: hash,
      submitter: lower(from),
      block: event.block.number,
      timestamp: event.block.timestamp,
      bytes: (input.length - 2) / 2,
      ...line,
    })
    .onConflictDoUpdate((row) => ({
      paidLines: row.paidLines + line.paidLines,
      skippedLines: row.skippedLines + line.skippedLines,
      paid: row.paid + line.paid,
    }))
}

async function paidNode(db: Db, tenant: Hex, node: Hex, paid: bigint, gpuMs: bigint): Promise<void> {
  const known = await db.find(schema.tenantNode, { tenant, node })
  if (known) await db.update(schema.tenantNode, { tenant, node }).set({ paid: known.paid + paid })
  else await db.insert(schema.tenantNode).values({ tenant, node, paid })
  await db.update(schema.node, { id: node }).set((row) => ({
    paid: row.paid + paid,
    gpuMs: row.gpuMs + gpuMs,
    payingTenants: row.payingTenants + (known ? 0 : 1),
  }))
}

interface DayLine {
  readonly day: number
  readonly node: Hex
  readonly tab: Hex
  readonly paid: bigint
  readonly fee: bigint
  readonly gpuMs: bigint
}

async function countDay(db: Db, { day, node, tab, paid, fee, gpuMs }: DayLine): Promise<void> {
  const newTab = (await db.find(schema.tabDay, { tab, day })) ? 0 : 1
  const newNode = (await db.find(schema.nodeDay, { node, day })) ? 0 : 1
  await db
    .insert(schema.tabDay)
    .values({ tab, day, paid, gpuMs })
    .onConflictDoUpdate((row) => ({ paid: row.paid + paid, gpuMs: row.gpuMs + gpuMs }))
  await db
    .insert(schema.nodeDay)
    .values({ node, day, paid, fees: fee, gpuMs, tabs: 1 })
    .onConflictDoUpdate((row) => ({ paid: row.paid + paid, fees: row.fees + fee, gpuMs: row.gpuMs + gpuMs, tabs: row.tabs + newTab }))
  await db
    .insert(schema.day)
    .values({ day, paid, fees: fee, gpuMs, statements: 1, tabs: 1, nodes: 1 })
    .onConflictDoUpdate((row) => ({
      ...{ paid: row.paid + paid, fees: row.fees + fee, gpuMs: row.gpuMs + gpuMs },
      ...{ statements: row.statements + 1, tabs: row.tabs + newTab, nodes: row.nodes + newNode },
    }))
}

async function countPrice(db: Db, node: Hex, paid: bigint, gpuMs: bigint): Promise<void> {
  const { offerCount } = (await db.find(schema.node, { id: node }))!
  const offers = []
  for (let position = 0; position < offerCount; position++) offers.push((await db.find(schema.offer, { node, position }))!)
  const name = classOfLine(offers, paid, gpuMs)
  if (name === undefined) return
  await db.update(schema.classPrice, { class: name }).set((row) => {
    const totals = { paid: row.paid + paid, gpuMs: row.gpuMs + gpuMs }
    return { ...totals, paidPrice: paidPrice(totals.paid, totals.gpuMs) ?? null }
  })
}
