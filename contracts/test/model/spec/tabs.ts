// Tabs: opening, topping up, receipts, standing orders, and closing both ways.
import { DAY_SECONDS, feeIn, fits, HOUR_SECONDS, smallest, U64_MAX } from "./arithmetic.ts"
import { inactive } from "./nodes.ts"
import { type Address, addCredits, type Call, creditsOf, type Refusals, type StandingOrder, type State, type Tab } from "./state.ts"

const CHALLENGE_SECONDS = 3 * DAY_SECONDS

export function findTab(state: State, signer: Address, node: Address): Tab | undefined {
  return state.tabs.find((tab) => tab.signer === signer && tab.node === node)
}

/** `consent`: what the signer really signed; null: nothing of the kind. */
export function openTab(
  state: State,
  call: Call,
  signer: Address,
  node: Address,
  amount: bigint,
  consent: { tenant: Address; node: Address } | null,
  order: StandingOrder | null = null,
): Refusals {
  const no = inactive(state, node)
  if (state.paused) no.push("IsPaused")
  if (amount === 0n) no.push("ZeroAmount")
  if (findTab(state, signer, node)) no.push("TabExists")
  if (consent?.tenant !== call.from || consent.node !== node) no.push("NotSignedBySigner")
  if (creditsOf(state, call.from) < amount) no.push("InsufficientCredits")
  const opened = order && { ...order, from: order.from > call.now ? order.from : call.now }
  if (opened && (opened.until <= call.now || allowedBy(opened, opened.until) === 0n)) no.push("EmptyStandingOrder")
  if (no.length > 0) return no
  addCredits(state, call.from, -amount)
  state.tabs.push({
    tenant: call.from,
    signer,
    node,
    deposit: amount,
    spent: 0n,
    feeBps: state.feeBps,
    closeRequestedAt: null,
    closed: false,
    order: opened,
  })
  return []
}

function notOpen(tab: Tab | undefined): Refusals {
  return !tab || tab.closed ? ["TabNotOpen"] : []
}

export function topUp(state: State, call: Call, signer: Address, node: Address, amount: bigint): Refusals {
  const tab = findTab(state, signer, node)
  const no = notOpen(tab)
  if (amount === 0n) no.push("ZeroAmount")
  if (tab?.tenant !== call.from) no.push("NotTenant")
  if (tab && tab.closeRequestedAt !== null) no.push("TabIsClosing")
  if (tab && tab.deposit + amount > U64_MAX) no.push("DepositTooLarge")
  if (creditsOf(state, call.from) < amount) no.push("InsufficientCredits")
  if (no.length > 0) return no
  addCredits(state, call.from, -amount)
  tab!.deposit += amount
  return []
}

/** The one rule of payment: the tab's cumulative amount becomes `amount`, if that is more than before and there. */
export function pay(state: State, tab: Tab, amount: bigint): bigint {
  if (tab.closed) return 0n
  const reach = smallest(amount, tab.deposit)
  if (reach <= tab.spent) return 0n
  const paid = reach - tab.spent
  const fee = feeIn(reach, tab.feeBps) - feeIn(tab.spent, tab.feeBps)
  tab.spent = reach
  state.fees += fee
  addCredits(state, state.nodes[tab.node]!.operator, paid - fee)
  return paid
}

/** `signer`: who really signed this receipt for this node; null: nobody who has a tab. A line that can't be paid harms no other. */
export function settle(state: State, lines: { node: Address; signer: Address | null; amount: bigint }[]): bigint {
  let paid = 0n
  for (const line of lines) {
    const tab = line.signer === null ? undefined : findTab(state, line.signer, line.node)
    if (tab) paid += pay(state, tab, line.amount)
  }
  return paid
}

/** What an open tab's order allows at a moment: the clock stops at `until` and at a close request. */
export function orderAllows(tab: Tab, now: number): bigint {
  if (!tab.order || tab.closed) return 0n
  return allowedBy(tab.order, tab.closeRequestedAt !== null && tab.closeRequestedAt < now ? tab.closeRequestedAt : now)
}

function allowedBy(order: StandingOrder, moment: number): bigint {
  const clock = order.until < moment ? order.until : moment
  const seconds = clock > order.from ? clock - order.from : 0
  const byTime = fits(order.rate * BigInt(seconds), BigInt(HOUR_SECONDS))
  return smallest(order.base + smallest(byTime, order.cap), U64_MAX)
}

export function claimStandingOrder(
  state: State,
  call: Call,
  signer: Address,
  node: Address,
  amount: bigint,
  signedBy: Address | null,
): Refusals {
  const tab = findTab(state, signer, node)
  const no = notOpen(tab)
  if (!tab?.order) no.push("NoStandingOrder")
  if (signedBy !== node) no.push("NotSignedByNode")
  if (tab && smallest(amount, tab.deposit, orderAllows(tab, call.now)) <= tab.spent) no.push("NothingToClaim")
  if (no.length > 0) return no
  pay(state, tab!, smallest(amount, orderAllows(tab!, call.now)))
  return []
}

export function requestClose(state: State, call: Call, signer: Address, node: Address): Refusals {
  const tab = findTab(state, signer, node)
  const no = notOpen(tab)
  if (tab?.tenant !== call.from) no.push("NotTenant")
  if (tab && tab.closeRequestedAt !== null) no.push("TabIsClosing")
  if (no.length === 0) tab!.closeRequestedAt = call.now
  return no
}

export function finishClose(state: State, call: Call, signer: Address, node: Address): Refusals {
  const tab = findTab(state, signer, node)
  const no = notOpen(tab)
  if (tab && tab.closeRequestedAt === null) no.push("CloseNotRequested")
  if (tab && tab.closeRequestedAt !== null && call.now < tab.closeRequestedAt + CHALLENGE_SECONDS) no.push("ChallengePeriodRunning")
  if (no.length === 0) close(state, tab!)
  return no
}

export function closeTab(
  state: State,
  call: Call,
  signer: Address,
  node: Address,
  amount: bigint,
  deadline: number,
  signedBy: Address | null,
): Refusals {
  const tab = findTab(state, signer, node)
  const no = notOpen(tab)
  if (tab?.tenant !== call.from) no.push("NotTenant")
  if (call.now > deadline) no.push("SignatureExpired")
  if (signedBy !== node) no.push("NotSignedByNode")
  if (tab && amount < tab.spent) no.push("CloseBelowSpent")
  if (no.length > 0) return no
  pay(state, tab!, amount)
  close(state, tab!)
  return []
}

function close(state: State, tab: Tab): void {
  addCredits(state, tab.tenant, tab.deposit - tab.spent)
  tab.deposit = tab.spent
  tab.closed = true
}
