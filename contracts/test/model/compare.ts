import type { Result } from "ethers"
import type { Deployed } from "./chain.ts"
import { dayOf } from "./spec/arithmetic.ts"
import { advance, signerOn } from "./spec/days.ts"
import { checkBooks, creditsOf, type Reservation, reservationFunds, type State, type Tab } from "./spec/state.ts"
import { orderAllows } from "./spec/tabs.ts"
import { people, type World } from "./world.ts"

const NOBODY = "0x0000000000000000000000000000000000000000"

interface Check {
  what: string
  of: Deployed
  view: string
  args: unknown[]
  /** What of the answer is compared; all of it if not given. */
  pick?: (answer: Result) => unknown
  expected: unknown
}

/** Everything that the model says against everything that the contracts say, to the micro-dollar. Throws with every difference.
 * `all`: what is over for good (closed tabs, reservations that hold nothing) too, which is looked at now and then only. */
export async function compare(world: World, all: boolean): Promise<number> {
  const { state, chain, now } = world
  checkBooks(state)
  const checks = [...money(world), ...tabs(world, all), ...stakes(world), ...reservations(world, all)]
  await chain.mineAt(now)
  const questions = checks.map(({ of, view, args }) => ({ to: of.address, data: of.abi.encodeFunctionData(view, args) }))
  const answers = await chain.views(world.batch, now, questions)
  const differences: string[] = []
  checks.forEach(({ what, of, view, pick, expected }, i) => {
    const [answer, wanted, key] = [answers[i]!, plain(expected), `${questions[i]!.to}${questions[i]!.data}`]
    // The same bytes were decoded and found to say the same before.
    if (answer !== null && world.seen.get(key) === answer + wanted) return
    const decoded = answer === null ? null : of.abi.decodeFunctionResult(view, answer)
    const got = decoded ? plain(pick ? pick(decoded) : decoded) : "(reverted)"
    if (got === wanted) world.seen.set(key, answer + wanted)
    else differences.push(`${what}: the contract says ${got}, the model ${wanted}`)
  })
  if (differences.length > 0) throw new Error(`model and contract differ:\n  ${differences.join("\n  ")}`)
  return checks.length
}

function plain(value: unknown): string {
  return JSON.stringify(value, (_, one) => (typeof one === "bigint" || typeof one === "number" ? String(one) : one))
}

function money(world: World): Check[] {
  const { state, core, token } = world
  const held = { what: "reserve of the core", of: token, view: "balanceOf", args: [core.address], expected: [state.held] }
  const fees = { what: "fees", of: core, view: "accruedFees", args: [], expected: [state.fees] }
  const owner = { what: "owner", of: core, view: "owner", args: [], expected: [state.owner] }
  const accounts = [...new Set([...Object.keys(state.credits), ...people(world).map(({ address }) => address)])]
  const ofAccounts = accounts.flatMap((account) => [
    { what: `credits of ${account}`, of: core, view: "credits", args: [account], expected: [creditsOf(state, account)] },
    { what: `reserve of ${account}`, of: token, view: "balanceOf", args: [account], expected: [state.wallets[account] ?? 0n] },
  ])
  return [held, fees, owner, ...ofAccounts]
}

function tabs({ state, core, now }: World, all: boolean): Check[] {
  return state.tabs.flatMap((tab) => {
    if (tab.closed && !all) return []
    const checks: Check[] = [{ what: `tab ${tab.signer}`, of: core, view: "tabs", args: [tab.signer, tab.node], expected: [tabView(tab)] }]
    if (tab.order) {
      const { base, cap, rate, from, until } = tab.order
      const args = [tab.signer, tab.node]
      const expected = [[base, cap, rate, from, until]]
      checks.push({ what: `order of ${tab.signer}`, of: core, view: "standingOrders", args, expected })
      const allows = [orderAllows(tab, now)]
      checks.push({ what: `what ${tab.signer} allows`, of: core, view: "standingOrderAllows", args, expected: allows })
    }
    return checks
  })
}

function tabView(tab: Tab): unknown[] {
  return [tab.tenant, tab.deposit, tab.spent, tab.closeRequestedAt ?? 0, tab.feeBps, tab.closed ? 2 : 1]
}

function stakes({ state, core, reservations, nodes }: World): Check[] {
  const ofOperators = Object.entries(state.stakes).map(([operator, stake]) => ({
    ...{ what: `stake of ${operator}`, of: reservations, view: "stakes", args: [operator] },
    expected: [[stake.free, stake.unbonding, stake.unbondsAt]],
  }))
  const ofNodes = nodes.flatMap(({ address }) => {
    const entry = state.nodes[address]
    return [
      { what: `lockable of ${address}`, of: reservations, view: "lockable", args: [address], expected: [state.lockable[address] ?? 0n] },
      {
        ...{ what: `node ${address}`, of: core, view: "nodes", args: [address] },
        expected: [entry ? [entry.operator, entry.retired, entry.version] : [NOBODY, false, 0]],
      },
    ]
  })
  const funds = reservationFunds(state)
  if (funds > creditsOf(state, reservations.address)) throw new Error("the model's reservations hold more than their contract")
  return [...ofOperators, ...ofNodes]
}

/** A reservation is shown as time has decided by now, posted or not: so the model's copy is advanced first. */
function reservations(world: World, all: boolean): Check[] {
  const copy: State = structuredClone(world.state)
  const today = dayOf(world.now)
  return copy.reservations.flatMap((one) => {
    const dormant = one.owed === 0n && one.days.every(({ fate }) => fate !== "open")
    if (dormant && !all) return []
    advance(copy, one, world.now)
    const of = world.reservations
    const shown = { what: `reservation ${one.id}`, of, view: "reservationOf", args: [one.id], pick: ([view]: Result) => shownOf(one, view) }
    const owner: Check = { what: `owner of ${one.id}`, of, view: "ownerOf", args: [one.id], expected: [one.holder] }
    const signers = [one.startDay, today, today + 1, today + 2].map((day) => {
      const expected = [signerOn(one, day) ?? NOBODY]
      return { what: `signer of ${one.id} on ${day}`, of, view: "signerOf", args: [one.id, day], expected }
    })
    return [{ ...shown, expected: expectedOf(one) }, ...signers, ...(one.cancelled ? [] : [owner])]
  })
}

function expectedOf(one: Reservation): unknown[] {
  const terms = [
    one.node,
    one.holder,
    one.class,
    one.gpus,
    one.startDay,
    one.days.length,
    one.endDay,
    one.pricePerDay,
    one.collateralPerDay,
  ]
  const asked = one.cancelled ? "-" : (one.refundAskedAt ?? 0)
  const money = [one.cancelFeeBps, one.feeBps, one.claimPeriod, one.verifierSet, one.earned, one.owed, asked, one.cancelled]
  return [terms, money, one.days.map(({ fate }) => fate !== "open")]
}

/** The same of the contract's view: `openDay`, `resolved` and `endDay` say which days are open. */
function shownOf(one: Reservation, view: Result): unknown[] {
  const terms = [
    view.node,
    view.holder,
    view.class,
    view.gpus,
    view.startDay,
    view.term,
    view.endDay,
    view.pricePerDay,
    view.collateralPerDay,
  ]
  const asked = one.cancelled ? "-" : view.refundAskedAt
  const money = [view.cancelFeeBps, view.feeBps, view.claimPeriod, view.verifierSet, view.earned, view.owed, asked, view.cancelled]
  const resolved = one.days.map((_, i) => {
    const day = BigInt(one.startDay + i)
    return day < view.openDay || day >= view.endDay || ((view.resolved >> (day - view.openDay)) & 1n) === 1n
  })
  return [terms, money, resolved]
}
