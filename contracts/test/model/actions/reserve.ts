import { AbiCoder, keccak256, ZeroAddress } from "ethers"
import { dayOf } from "../spec/arithmetic.ts"
import { creditsOf } from "../spec/state.ts"
import * as spec from "../spec/terms.ts"
import { type Action, freshKey, hash, signed, type World } from "../world.ts"

/** Mostly short terms, which see their whole life in a run; now and then a year. */
function someTerm(world: World): number {
  const { random } = world
  if (random.chance(0.02)) return random.pick([366, 367, 0])
  return random.chance(0.1) ? random.between(30, 120) : random.between(1, 14)
}

/** What a quote may get wrong, one thing at a time. */
function spoil(world: World, quote: spec.Quote): void {
  const { random } = world
  const faults: (() => void)[] = [
    () => (quote.class = random.pick(["", "x".repeat(65)])),
    () => (quote.gpus = 0),
    () => (quote.startDay = dayOf(world.now) + random.pick([-1, 91])),
    () => (quote.pricePerDay = 0n),
    () => (quote.collateralBps = 10_001),
    () => (quote.cancelFeeBps = 10_001),
    () => (quote.claimPeriod = random.pick([7, 39])),
    () => (quote.pricePerDay = 2n ** 64n - 1n),
    () => (quote.expires = world.now - 1),
    () => (quote.tenant = world.stranger.address),
  ]
  random.pick(faults)()
}

function someQuote(world: World): spec.Quote {
  const { random, state, now } = world
  const tenant = random.pick(world.tenants).address
  const node = random.pick(world.nodes.slice(0, random.chance(0.3) ? 4 : 3)).address
  const term = someTerm(world)
  // As much as credits and stake carry, or less.
  const most = creditsOf(state, tenant) / BigInt(2 * term + 1)
  const pricePerDay = random.chance(0.05) ? most * 3n + 1n : 1n + random.amount(most)
  const backing = (state.lockable[node] ?? 0n) / BigInt(term + 1)
  const affordable = pricePerDay === 0n ? 0n : (backing * 10_000n) / pricePerDay
  const most_bps = affordable > 10_000n ? 10_000 : Number(affordable)
  const old = random.chance(0.05) && state.reservations.length > 0
  return {
    ...{
      node,
      tenant,
      term,
      pricePerDay,
      listPricePerDay: pricePerDay * 2n,
      class: random.pick(["nvidia/h200", "cpu/x86-64", "x".repeat(64)]),
    },
    gpus: random.between(1, 8),
    startDay: dayOf(now) + random.pick([0, 0, 0, 1, 1, 2, random.between(3, 12), random.chance(0.1) ? 90 : 0]),
    collateralBps: random.chance(0.08) ? random.between(0, 10_000) : random.between(0, most_bps),
    cancelFeeBps: random.pick([0, 1, 500, 3333, 10_000]),
    claimPeriod: random.chance(0.8) ? 8 : random.between(8, 38),
    expires: now + random.pick([0, 1, 3600]),
    nonce: hash(world, `nonce ${old ? random.between(0, world.serial) : ++world.serial}`),
  }
}

export function reserve(world: World): Action {
  const { random } = world
  const quote = someQuote(world)
  if (random.chance(0.12)) spoil(world, quote)
  const key = random.chance(0.04) ? world.stranger : world.nodes.find(({ address }) => address === quote.node)!
  const [r, vs] = signed(world, key, "ReservationQuote", { ...quote })
  const signer = random.chance(0.2) ? null : random.chance(0.1) ? freshKey(world).address : random.pick(world.agents).address
  const from = random.chance(0.04) ? world.stranger.address : quote.tenant
  const id = BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [quote.node, quote.nonce])))
  return {
    ...{ entry: "reserve", from, to: world.reservations, method: "reserve", args: [quote, signer ?? ZeroAddress, r, vs] },
    model: (state, call) => spec.reserve(state, call, id, quote, signer, key.address),
  }
}
