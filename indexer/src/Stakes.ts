// Stake: events of the Reservations contract that are about an operator, not about a reservation.
import { type Context, ponder } from "ponder:registry"
import schema from "ponder:schema"
import { lower } from "./reduce/node.ts"
import { moveStaked } from "./store.ts"

type Hex = `0x${string}`
type StakeRow = typeof schema.stake.$inferSelect

ponder.on("Reservations:Staked", async ({ event, context }) => {
  const { amount, free } = event.args
  const operator = lower(event.args.operator)
  await setStake(context, operator, { free })
  await moveStaked(context, operator, -amount)
})

ponder.on("Reservations:UnstakeRequested", async ({ event, context }) => {
  const { amount, unbonding, unbondsAt } = event.args
  const operator = lower(event.args.operator)
  const { free } = (await context.db.find(schema.stake, { operator }))!
  await setStake(context, operator, { free: free - amount, unbonding, unbondsAt: BigInt(unbondsAt) })
})

ponder.on("Reservations:Unstaked", async ({ event, context }) => {
  const { amount } = event.args
  const operator = lower(event.args.operator)
  await setStake(context, operator, { unbonding: 0n, unbondsAt: null })
  await moveStaked(context, operator, amount)
})

ponder.on("Reservations:LockableSet", async ({ event, context }) => {
  const { lockable, free } = event.args
  const { db } = context
  const [operator, id] = [lower(event.args.operator), lower(event.args.node)]
  const before = (await db.find(schema.node, { id }))!.lockable
  await db.update(schema.node, { id }).set({ lockable })
  const ofAll = (await db.find(schema.stake, { operator }))?.lockable ?? 0n
  await setStake(context, operator, { free, lockable: ofAll + lockable - before })
})

async function setStake({ db }: Context, operator: Hex, values: Partial<StakeRow>): Promise<void> {
  await db
    .insert(schema.stake)
    .values({ operator, free: 0n, unbonding: 0n, unbondsAt: null, lockable: 0n, ...values })
    .onConflictDoUpdate(values)
}
