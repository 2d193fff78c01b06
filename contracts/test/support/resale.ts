import { type Account, ethers, time, USD } from "./harbour.ts"
import { atDay, claim, creditsOf, LITTLE, type Reserved, withReservation } from "./reserved.ts"
import { deploySeaport, orderOf, signOrder } from "./seaport.ts"

export const DELAY = 24 * 3600
export const BUDGET = 1_000n * USD
export const ASKED = 600n * USD

/** The tenant's signed offer of a token with a missed day's money in it (day 1 of the term), and a buyer who has $1,000 of TestUSD ready. */
export async function onSale() {
  const running = await withReservation()
  const { token, tenant, otherTenant: buyer, reservations, id, first } = running
  const seaport = await deploySeaport()
  const address = await seaport.getAddress()
  await atDay(first + 1)
  await claim(running, first, [LITTLE])
  await reservations.connect(tenant).getFunction("setApprovalForAll")(address, true)
  await token.getFunction("mint")(buyer.address, BUDGET)
  await token.connect(buyer).getFunction("approve")(address, BUDGET)
  const order = await signOrder(seaport, tenant, await orderOf(tenant.address, reservations, id, token, ASKED))
  return { ...running, buyer, seaport, order, buy: (bought = order) => fulfil(seaport, buyer, bought) }
}

type Order = Awaited<ReturnType<typeof signOrder>>

export function fulfil(seaport: Awaited<ReturnType<typeof deploySeaport>>, by: Account, order: Order) {
  return seaport.connect(by).getFunction("fulfillOrder")(order, ethers.ZeroHash)
}

export function as({ reservations }: Reserved, by: Account, name: string, ...args: unknown[]) {
  return reservations.connect(by).getFunction(name)(...args)
}

export function signerOf({ reservations, id }: Reserved, day: number): Promise<string> {
  return reservations.getFunction("signerOf")(id, day)
}

/** Asks, waits and takes; what came of it. */
export async function refundTo(running: Reserved, by: Account): Promise<bigint> {
  const before = await creditsOf(running, by)
  await as(running, by, "askRefund", running.id)
  await time.increase(DELAY)
  await as(running, by, "takeRefund", running.id)
  return (await creditsOf(running, by)) - before
}
