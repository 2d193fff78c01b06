// All that the market holds, as plain data: one entry per tab, per reservation and per day of a reservation.

export type Address = string

/** What a call was refused for. The contract may name any one of them; an empty list: the call was done. */
export type Refusals = string[]

export interface Call {
  from: Address
  /** Unix seconds of the block. */
  now: number
}

export interface StandingOrder {
  base: bigint
  cap: bigint
  rate: bigint
  from: number
  until: number
}

export interface Tab {
  tenant: Address
  signer: Address
  node: Address
  deposit: bigint
  spent: bigint
  feeBps: number
  closeRequestedAt: number | null
  closed: boolean
  order: StandingOrder | null
}

/** What became of a day. `price` and `collateral` are what still lies in it; `minutes` are those that it was claimed with. */
export interface Day {
  fate: "open" | "holder" | "quorum" | "lapsed" | "ended" | "cancelled"
  minutes: number
  price: bigint
  collateral: bigint
}

export interface Reservation {
  id: bigint
  node: Address
  holder: Address
  class: string
  gpus: number
  startDay: number
  endDay: number
  days: Day[]
  pricePerDay: bigint
  collateralPerDay: bigint
  cancelFeeBps: number
  feeBps: number
  claimPeriod: number
  verifierSet: number
  earned: bigint
  owed: bigint
  refundAskedAt: number | null
  cancelled: boolean
  approved: Address | null
  signers: { fromDay: number; signer: Address | null }[]
}

export interface State {
  core: Address
  reservationsContract: Address
  owner: Address
  pendingOwner: Address | null
  feeBps: number
  paused: boolean
  fees: bigint
  /** Reserve that each account holds itself, and what the core holds for everybody. */
  wallets: Record<Address, bigint>
  /** How much of an account's reserve the core may take, and how many ERC-2612 permits the account has used. */
  allowances: Record<Address, bigint>
  permitNonces: Record<Address, bigint>
  held: bigint
  /** Reserve that was sent without a deposit: nobody's. */
  gifts: bigint
  credits: Record<Address, bigint>
  nodes: Record<Address, { operator: Address; retired: boolean; version: number }>
  tabs: Tab[]
  stakes: Record<Address, { free: bigint; unbonding: bigint; unbondsAt: number }>
  lockable: Record<Address, bigint>
  sets: { threshold: number; members: Address[] }[]
  attestations: Record<number, { root: string; set: number; expiresAt: number }>
  reservations: Reservation[]
  operatorsForAll: { owner: Address; operator: Address }[]
}

export function emptyState(core: Address, reservationsContract: Address, owner: Address, wallets: Record<Address, bigint>): State {
  return {
    core,
    reservationsContract,
    owner,
    pendingOwner: null,
    feeBps: 0,
    paused: false,
    fees: 0n,
    wallets: { ...wallets },
    allowances: {},
    permitNonces: {},
    held: 0n,
    gifts: 0n,
    credits: {},
    nodes: {},
    tabs: [],
    stakes: {},
    lockable: {},
    sets: [],
    attestations: {},
    reservations: [],
    operatorsForAll: [],
  }
}

export function creditsOf(state: State, account: Address): bigint {
  return state.credits[account] ?? 0n
}

/** Adds to an account's credits; taking away is adding less than nothing. */
export function addCredits(state: State, account: Address, amount: bigint): void {
  const after = creditsOf(state, account) + amount
  if (after < 0n) throw new Error(`the model would owe ${account}`)
  state.credits[account] = after
}

/** Every credit lies somewhere: throws if the model itself has lost or made one. */
export function checkBooks(state: State): void {
  let sum = state.fees + state.gifts
  for (const credits of Object.values(state.credits)) sum += credits
  for (const tab of state.tabs) if (!tab.closed) sum += tab.deposit - tab.spent
  if (sum !== state.held) throw new Error(`the model's books: ${sum} owed or given, ${state.held} held`)
}

/** What the Reservations contract should have as credits, from its smallest parts up. */
export function reservationFunds(state: State): bigint {
  let sum = 0n
  for (const stake of Object.values(state.stakes)) sum += stake.free + stake.unbonding
  for (const lockable of Object.values(state.lockable)) sum += lockable
  for (const reservation of state.reservations) {
    sum += reservation.owed
    for (const day of reservation.days) sum += day.price + day.collateral
  }
  return sum
}
