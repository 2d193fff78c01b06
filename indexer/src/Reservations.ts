import { type Context, ponder } from "ponder:registry"
import schema from "ponder:schema"
import { discountBps } from "@berth/protocol"
import { cleanText, lower } from "./reduce/node.ts"
import { daysCut, paidDays, reservationKey, stateOf } from "./reduce/reservation.ts"
import { addToAccount, addToMarket, moveReserved, tabOf } from "./store.ts"

type Hex = `0x${string}`
type Db = Context["db"]
type ReservationRow = typeof schema.reservation.$inferSelect

/** What an event adds to a reservation's totals. */
type Totals = Pick<ReservationRow, "openDays" | "paidDays" | "lapsedDays" | "minutes" | "paid" | "fees" | "owed" | "refunded">

ponder.on("Reservations:Reserved", async ({ event, context }) => {
  const { id: token, class: name, startDay, term, pricePerDay, listPricePerDay, collateralPerDay, signer, ...terms } = event.args
  const { gpus, cancelFeeBps, claimPeriod, feeBps, verifierSet } = terms
  const { db } = context
  const id = reservationKey(token)
  const [node, tenant] = [lower(event.args.node), lower(event.args.tenant)]
  const price = pricePerDay * BigInt(term)
  const collateral = collateralPerDay * BigInt(term)
  const { operator } = await db.update(schema.node, { id: node }).set((row) => ({
    ...{ lockable: row.lockable - collateral, collateral: row.collateral + collateral, reservations: row.reservations + 1 },
  }))
  await db.insert(schema.reservation).values({
    ...{ id, node, operator, tenant, holder: tenant, class: cleanText(name), gpus, startDay, term, endDay: startDay + term },
    ...{ pricePerDay, listPricePerDay, discountBps: discountBps(listPricePerDay, pricePerDay), collateralPerDay },
    ...{ cancelFeeBps, claimPeriod, feeBps, verifierSet, state: "active", openDays: term, paidDays: 0, lapsedDays: 0, minutes: 0 },
    ...{ paid: 0n, fees: 0n, owed: 0n, refunded: 0n, createdAt: event.block.timestamp, tx: event.transaction.hash },
  })
  await nameSigner(context, { reservation: id, node, fromDay: 0, signer, timestamp: event.block.timestamp })
  // An operator who never staked can't back anything, and has no row.
  if (collateral > 0n) await db.update(schema.stake, { operator }).set((row) => ({ lockable: row.lockable - collateral }))
  await addToAccount(db, tenant, { reserved: price })
  await moveReserved(context, tenant, -price)
  await addToMarket(context, { reservations: 1, staked: -collateral, inReservations: collateral })
})

ponder.on("Reservations:DaysPaid", async ({ event, context }) => {
  const { paid, fee, collateral, owed } = event.args
  const { db } = context
  const row = await find(db, event.args.id)
  const days = paidDays(row, event.args)
  const { hash: tx } = event.transaction
  const { timestamp } = event.block
  const witness = schema.witness.enumValues[event.args.witness]!
  await db.insert(schema.reservationDay).values(days.map((day) => ({ ...day, reservation: row.id, state: "paid", witness, tx, timestamp })))
  const minutes = days.reduce((sum, day) => sum + day.minutes, 0)
  await add(db, row, { openDays: -days.length, paidDays: days.length, minutes, paid, fees: fee, owed })
  await payOperator(context, row, { paid, fee, collateral, freed: BigInt(days.length) * row.collateralPerDay })
})

ponder.on("Reservations:DayLapsed", async ({ event, context }) => {
  const { day, owed } = event.args
  const { db } = context
  const row = await find(db, event.args.id)
  await db.insert(schema.reservationDay).values({
    ...{ reservation: row.id, day, state: "lapsed", minutes: 0, paid: 0n, owed },
    ...{ tx: event.transaction.hash, timestamp: event.block.timestamp },
  })
  await add(db, row, { openDays: -1, lapsedDays: 1, owed })
  await payOperator(context, row, { paid: 0n, fee: 0n, collateral: 0n, freed: row.collateralPerDay })
})

ponder.on("Reservations:TermEnded", async ({ event, context }) => {
  const { endDay, owed, collateral } = event.args
  const row = await find(context.db, event.args.id)
  await add(context.db, row, { openDays: -daysCut(row, owed), owed }, { endDay })
  await payOperator(context, row, { paid: 0n, fee: 0n, collateral, freed: collateral })
})

ponder.on("Reservations:Cancelled", async ({ event, context }) => {
  const { endDay, paid, fee, collateral, returned } = event.args
  const { db } = context
  const row = await find(db, event.args.id)
  const holder = lower(event.args.holder)
  const { timestamp } = event.block
  await db.insert(schema.cancellation).values({
    ...{ reservation: row.id, holder, endDay, paid, fee, collateral, returned, tx: event.transaction.hash, timestamp },
  })
  // What lay in the token goes with the rest of the price.
  const cut = daysCut(row, paid + returned - row.owed)
  const totals = { openDays: -cut, paid, fees: fee, owed: -row.owed, refunded: returned }
  await add(db, row, totals, { endDay, cancelledAt: timestamp, refundAvailableAt: null })
  await payOperator(context, row, { paid, fee, collateral, freed: collateral })
  await addToAccount(db, holder, { refunded: returned })
  await moveReserved(context, holder, returned)
})

ponder.on("Reservations:RefundAsked", async ({ event, context }) => {
  const { id, availableAt } = event.args
  await context.db.update(schema.reservation, { id: reservationKey(id) }).set({ refundAvailableAt: BigInt(availableAt) })
})

ponder.on("Reservations:RefundTaken", async ({ event, context }) => {
  const { amount } = event.args
  const { db } = context
  const row = await find(db, event.args.id)
  const account = lower(event.args.to)
  await db.insert(schema.refund).values({
    ...{ id: event.id, reservation: row.id, account, amount, tx: event.transaction.hash, timestamp: event.block.timestamp },
  })
  await add(db, row, { owed: -amount, refunded: amount }, { refundAvailableAt: null })
  await addToAccount(db, account, { refunded: amount })
  await moveReserved(context, account, amount)
})

ponder.on("Reservations:SignerSet", async ({ event, context }) => {
  const { id: reservation, node } = await find(context.db, event.args.id)
  const { fromDay, signer } = event.args
  await nameSigner(context, { reservation, node, fromDay, signer, timestamp: event.block.timestamp })
})

ponder.on("Reservations:Transfer", async ({ event, context }) => {
  const { db } = context
  const reservation = reservationKey(event.args.tokenId)
  const [previous, holder] = [lower(event.args.from), lower(event.args.to)]
  await db.insert(schema.reservationTransfer).values({
    ...{ id: event.id, reservation, previous, holder, tx: event.transaction.hash, timestamp: event.block.timestamp },
  })
  // `Reserved` comes after the first, and who cancelled stays the holder after the last. One to oneself forgets nothing.
  if (BigInt(previous) === 0n || BigInt(holder) === 0n || previous === holder) return
  await db.update(schema.reservation, { id: reservation }).set({ holder, refundAvailableAt: null })
  await addToAccount(db, holder, {})
})

async function find(db: Db, id: bigint): Promise<ReservationRow> {
  return (await db.find(schema.reservation, { id: reservationKey(id) }))!
}

/** Adds to a reservation's totals, sets `values`, and judges its state anew. */
async function add(db: Db, row: ReservationRow, delta: Partial<Totals>, values: Partial<ReservationRow> = {}): Promise<void> {
  const next = { ...row, ...values }
  for (const [key, value] of Object.entries(delta) as [keyof Totals, never][]) next[key] = ((row[key] as never) + value) as never
  await db.update(schema.reservation, { id: row.id }).set({ ...next, state: stateOf(next) })
}

/** What a reservation gives its operator: pay less the fee, and collateral. `freed`: collateral that does not back open days any more. */
async function payOperator(
  context: Context,
  { node, operator }: ReservationRow,
  { paid, fee, collateral, freed }: { paid: bigint; fee: bigint; collateral: bigint; freed: bigint },
): Promise<void> {
  await context.db.update(schema.node, { id: node }).set((row) => ({
    ...{ collateral: row.collateral - freed, reservationPaid: row.reservationPaid + paid },
  }))
  await addToAccount(context.db, operator, { earned: paid - fee })
  await moveReserved(context, operator, paid - fee + collateral, fee)
  await addToMarket(context, { reservationPaid: paid })
}

interface NamedSigner {
  readonly reservation: Hex
  readonly node: Hex
  readonly fromDay: number
  readonly signer: Hex
  readonly timestamp: bigint
}

async function nameSigner(context: Context, named: NamedSigner): Promise<void> {
  const { db } = context
  const { reservation, node, fromDay, timestamp } = named
  const signer = lower(named.signer)
  const tab = BigInt(signer) === 0n ? null : tabOf(context, signer, node)
  const row = { signer, tab, timestamp }
  await db
    .insert(schema.reservationSigner)
    .values({ reservation, fromDay, ...row })
    .onConflictDoUpdate(row)
  if (!tab) return
  const anchoredReceipts = (await db.find(schema.tab, { id: tab }))?.anchoredReceipts ?? 0
  await db.insert(schema.reservedTab).values({ id: tab, signer, node, anchoredReceipts }).onConflictDoNothing()
}
