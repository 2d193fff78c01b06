import { concat, toBeHex, type Wallet } from "ethers"
import { seeded, seededWallet } from "./batch.ts"
import { type Account, deployBerth, ethers, fund, type Harbour, register, time, USD } from "./harbour.ts"
import { signStruct } from "./signing.ts"
import { addresses, members, SECONDS_PER_DAY, signAll, verifiersOf } from "./verifiers.ts"

/** $24 a day, half of it as collateral. */
export const PRICE = 24n * USD
export const COLLATERAL = 12n * USD
export const TERM = 30
export const PERIOD = 8
/** Minutes of a day. */
export const FULL = 1440
/** Minutes of a day that was mostly missed, and what it leaves in the token. */
export const LITTLE = 360
export const MISSED = (PRICE * 3n) / 4n
/** The first UTC day on which a quorum may attest `day`. */
export const heardFrom = (day: number) => day + 1 + PERIOD - 2

export interface Quote {
  node: string
  tenant: string
  class: string
  gpus: number
  startDay: number
  term: number
  pricePerDay: bigint
  listPricePerDay: bigint
  collateralBps: number
  cancelFeeBps: number
  claimPeriod: number
  expires: bigint
  nonce: string
}

export async function today(): Promise<number> {
  return Math.floor((await time.latest()) / SECONDS_PER_DAY)
}

/** The next block is the first of UTC day `day`, plus `seconds`. */
export function toDay(day: number, seconds = 0): Promise<void> {
  return time.setNextBlockTimestamp(day * SECONDS_PER_DAY + seconds)
}

/** Mines a block at the start of UTC day `day`, plus `seconds`, so that views see it. */
export async function atDay(day: number, seconds = 0): Promise<void> {
  await time.increaseTo(day * SECONDS_PER_DAY + seconds)
}

/** A deployment with a node of `operator` that may lock $10,000 of $15,000 staked, a tenant with $100,000 and a verifier set, 2 of 3. */
export async function withStake() {
  const staked = await withoutVerifiers()
  await staked.verifiers.getFunction("addSet")(2, addresses)
  return staked
}

/** The same without a verifier set. */
export async function withoutVerifiers() {
  const harbour = await deployBerth()
  const { berth, operator, tenant } = harbour
  const node = seededWallet("node")
  const signer = seededWallet("signer")
  const reservations = await ethers.getContractAt("Reservations", await berth.getFunction("reservations")())
  const verifiers = await verifiersOf(harbour)
  await register(harbour, operator, node)
  await fund(harbour, operator, 20_000n * USD)
  await fund(harbour, tenant, 100_000n * USD)
  await reservations.connect(operator).getFunction("stake")(15_000n * USD)
  await reservations.connect(operator).getFunction("setLockable")(node.address, 10_000n * USD)
  return { ...harbour, node, signer, reservations, verifiers }
}

export type Staked = Awaited<ReturnType<typeof withStake>>

/** A quote of the harbour's node to its tenant, from tomorrow on, with `changes`. */
export async function quoteOf({ node, tenant }: Staked, changes: Partial<Quote> = {}): Promise<Quote> {
  return {
    node: node.address,
    tenant: tenant.address,
    class: "nvidia/rtx-4090",
    gpus: 2,
    startDay: (await today()) + 1,
    term: TERM,
    pricePerDay: PRICE,
    listPricePerDay: 30n * USD,
    collateralBps: 5000,
    cancelFeeBps: 2000,
    claimPeriod: PERIOD,
    expires: 2n ** 40n,
    nonce: seeded("nonce"),
    ...changes,
  }
}

/** `reserve` as `by` (the tenant) sends it, with the signature of `key` (the node) under `domain` (the core's). */
export async function reserveWith(
  staked: Staked,
  quote: Quote,
  { by = staked.tenant, key = staked.node, domain = staked.domain, signer = staked.signer.address } = {},
) {
  const { r, vs } = await signStruct(key, domain, "ReservationQuote", { ...quote })
  return staked.reservations.connect(by).getFunction("reserve")(quote, signer, r, vs)
}

export function idOf({ node, nonce }: Pick<Quote, "node" | "nonce">): bigint {
  return BigInt(ethers.keccak256(ethers.AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [node, nonce])))
}

/** One reservation of the tenant, made with `changes`. Its first day is tomorrow. */
export async function reserved(staked: Staked, changes: Partial<Quote> = {}, signer = staked.signer.address) {
  const quote = await quoteOf(staked, changes)
  await reserveWith(staked, quote, { signer })
  return { ...staked, quote, id: idOf(quote), first: quote.startDay }
}

export type Reserved = Awaited<ReturnType<typeof reserved>>

/** The usual one: 30 days from tomorrow, claim period 8. */
export async function withReservation(): Promise<Reserved> {
  return reserved(await withStake())
}

/** The same without a signer. */
export async function withUnsigned(): Promise<Reserved> {
  return reserved(await withStake(), {}, ethers.ZeroAddress)
}

export function packServed(minutes: readonly number[]): string {
  return concat(minutes.map((served) => toBeHex(served, 2)))
}

/** `claimDays` of the run of `minutes` from UTC day `firstDay` on, signed by `key` (the signer). */
export async function claim(
  { reservations, domain, id, signer, stranger }: Reserved,
  firstDay: number,
  minutes: readonly number[],
  { key = signer, by = stranger, under = domain }: { key?: Wallet; by?: Account; under?: Harbour["domain"] } = {},
) {
  const served = packServed(minutes)
  const { r, vs } = await signStruct(key, under, "DayClaim", { reservation: id, firstDay, served })
  return reservations.connect(by).getFunction("claimDays")(id, firstDay, served, r, vs)
}

/** `attestDays` with the signatures of the first two members. */
export async function attest(reserved: Reserved, firstDay: number, count: number, by = [members[0]!, members[1]!]) {
  const { reservations, id, stranger } = reserved
  const signatures = await signAll(reserved, "ServedDays", { reservation: id, firstDay, count }, by)
  const bitmap = by.reduce((bits, member) => bits | (1 << members.indexOf(member)), 0)
  return reservations.connect(stranger).getFunction("attestDays")(id, firstDay, count, bitmap, signatures)
}

/** `cancelAgreed` by the tenant, signed by `key` (the node). */
export async function cancelAgreed(
  { reservations, domain, id, node, tenant }: Reserved,
  firstDay: number,
  operatorBps: number,
  { key = node, by = tenant, deadline = 2n ** 40n } = {},
) {
  const { r, vs } = await signStruct(key, domain, "ReservationCancel", { reservation: id, firstDay, operatorBps, deadline })
  return reservations.connect(by).getFunction("cancelAgreed")(id, firstDay, operatorBps, deadline, r, vs)
}

/** A reservation as the contract shows it, by field. */
export async function viewOf({ reservations, id }: Pick<Reserved, "reservations" | "id">) {
  return (await reservations.getFunction("reservationOf")(id)).toObject()
}

export async function creditsOf({ berth }: Harbour, account: { address: string } | string): Promise<bigint> {
  return berth.getFunction("credits")(typeof account === "string" ? account : account.address)
}

/** Credits of the Reservations contract must be the sum of all it accounts for: checked for harbours with one operator, node and reservation. */
export async function heldIsAccounted(reserved: Reserved): Promise<[bigint, bigint]> {
  const { reservations, operator, node } = reserved
  const { free, unbonding } = await reservations.getFunction("stakes")(operator.address)
  const lockable = await reservations.getFunction("lockable")(node.address)
  const { owed, openDay, endDay, resolved, pricePerDay, collateralPerDay } = await viewOf(reserved)
  const marked = BigInt(resolved.toString(2).split("1").length - 1)
  const open = (endDay as bigint) - (openDay as bigint) - marked
  const accounted = free + unbonding + lockable + owed + open * (pricePerDay + collateralPerDay)
  return [await creditsOf(reserved, await reservations.getAddress()), accounted]
}
