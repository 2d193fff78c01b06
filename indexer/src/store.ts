import type { Context } from "ponder:registry"
import schema from "ponder:schema"
import { bytesToHex, tabId } from "@berth/protocol"
import { lower } from "./reduce/node.ts"

type Hex = `0x${string}`
type Db = Context["db"]
type AccountRow = typeof schema.account.$inferSelect
type MarketRow = typeof schema.market.$inferSelect

/** Adds to an account's totals; an account that is new starts at zero. */
export async function addToAccount(db: Db, id: Hex, delta: Partial<Omit<AccountRow, "id">>): Promise<void> {
  const zero = { credits: 0n, deposited: 0n, withdrawn: 0n, inTabs: 0n, spent: 0n, earned: 0n, reserved: 0n, refunded: 0n }
  await db
    .insert(schema.account)
    .values({ id, ...zero, ...added(zero, delta) })
    .onConflictDoUpdate((row) => added(row, delta))
}

type MarketTotals = Omit<MarketRow, "id" | "chainId" | "computeRecords" | "reserve" | "owner" | "pendingOwner" | "paused">

/** Adds to the market's totals. */
export async function addToMarket(context: Context, delta: Partial<MarketTotals>): Promise<void> {
  await context.db.update(schema.market, { id: marketOf(context).contract }).set((row) => added(row, delta))
}

export async function setMarket(context: Context, values: Partial<MarketRow>): Promise<void> {
  await context.db.update(schema.market, { id: marketOf(context).contract }).set(values)
}

/**
 * Moves credits between an account and the Reservations contract, whose own account holds stake and the money of reservations; the core
 * emits nothing for it.
 * @param amount to the account; negative: from it
 * @param fee goes from the Reservations contract to the fees
 */
export async function moveReserved(context: Context, account: Hex, amount: bigint, fee = 0n): Promise<void> {
  await moveHeld(context, account, amount, fee)
  await addToMarket(context, { inReservations: -amount - fee, accruedFees: fee })
}

/** The same for stake. */
export async function moveStaked(context: Context, account: Hex, amount: bigint): Promise<void> {
  await moveHeld(context, account, amount, 0n)
  await addToMarket(context, { staked: -amount })
}

async function moveHeld(context: Context, account: Hex, amount: bigint, fee: bigint): Promise<void> {
  await addToAccount(context.db, account, { credits: amount })
  await addToAccount(context.db, lower(context.contracts.Reservations.address as Hex), { credits: -amount - fee })
}

/** Chain and core contract, for tab ids. */
export function marketOf(context: Context): { chainId: number; contract: Hex } {
  return { chainId: context.chain.id, contract: (context.contracts.Berth.address as Hex).toLowerCase() as Hex }
}

/** Id of the tab of a signer at a node. */
export function tabOf(context: Context, signer: Hex, node: Hex): Hex {
  return bytesToHex(tabId(marketOf(context), signer, node))
}

/** Each of `delta`'s numbers on top of the row's. */
function added<T extends object>(row: T, delta: { [K in keyof T]?: T[K] | undefined }): Partial<T> {
  const entries = Object.entries(delta) as [keyof T, bigint | number][]
  return Object.fromEntries(entries.map(([key, value]) => [key, sum(row[key] as bigint | number, value)])) as Partial<T>
}

function sum(a: bigint | number, b: bigint | number): bigint | number {
  return typeof a === "bigint" ? a + BigInt(b) : a + Number(b)
}
