import type { BaseContract, Wallet } from "ethers"
import { encodeBatch, seeded, seededWallet } from "./batch.ts"
import { type Foreign, signFor } from "./foreign.ts"
import { DAY, EMPTY_PROFILE, OFFER, open, time, USD } from "./harbour.ts"
import { atDay, FULL, heardFrom, packServed, quoteOf, withReservation } from "./reserved.ts"
import type { CompactSignature, StructName } from "./signing.ts"
import { OPENING, openWithOrder, recordsHashOf } from "./standing.ts"
import { members, SECONDS_PER_DAY, structHash } from "./verifiers.ts"

/** A market in which every signature has something to be good for: a reservation, a tab, a tab with a standing order, a verifier set. */
export async function everywhere() {
  const market = await withReservation()
  const { tenant, signer, node } = market
  const claimed = seededWallet("signer with an order")
  const from = (await time.latest()) + 3600
  await open(market, tenant, signer, node.address, 100n * USD)
  const order = { base: 5n * USD, cap: 60n * USD, rate: 2n * USD, from, until: from + 3600 }
  await openWithOrder(market, tenant, claimed, node.address, 100n * USD, order)
  return { ...market, claimed, order }
}

export type Market = Awaited<ReturnType<typeof everywhere>>
type Value = Record<string, unknown>

/** An entry point and the struct that it takes a signature of: what is signed, by whom, how it is sent, and the error for another signer. */
export interface Row {
  struct: StructName
  door: string
  prepare?: (market: Market) => Promise<unknown>
  value: (market: Market) => Value | Promise<Value>
  sign: (market: Market, value: Value, foreign?: Foreign) => CompactSignature[]
  send: (market: Market, value: Value, signatures: CompactSignature[]) => Promise<unknown>
  /** None: it reverts for nobody. */
  error?: { of: (market: Market) => BaseContract; name: string }
  args: (market: Market) => unknown[]
}

const freshNode = seededWallet("a node that comes")
const freshSigner = seededWallet("a signer that comes")
const [first, second] = members as [Wallet, Wallet, Wallet]
const CLOSE_BY = 2n ** 40n
const GROSS = 4n * USD

const core = (name: string) => ({ of: ({ berth }: Market): BaseContract => berth, name })
const book = (name: string) => ({ of: ({ reservations }: Market): BaseContract => reservations, name })
const byNode = ({ node }: Market) => [node.address]

/** What one key signs. */
function by(struct: StructName, key: (market: Market) => Wallet): Pick<Row, "struct" | "sign"> {
  return { struct, sign: (market, value, foreign) => [signFor(key(market), market.domain, struct, value, foreign)] }
}

/** What a quorum signs: here the first two of three. */
function byQuorum(struct: StructName): Pick<Row, "struct" | "sign" | "error" | "args"> {
  return {
    struct,
    sign: ({ domain }, value, foreign) => [first, second].map((member) => signFor(member, domain, struct, value, foreign)),
    error: { of: ({ verifiers }) => verifiers, name: "NotSignedByMember" },
    args: () => [0, first.address],
  }
}

const consent: Pick<Row, "value" | "error" | "args" | "struct" | "sign"> = {
  ...by("TabConsent", () => freshSigner),
  value: ({ tenant, node }) => ({ tenant: tenant.address, node: node.address }),
  error: core("NotSignedBySigner"),
  args: () => [freshSigner.address],
}
const served = ({ id, first: firstDay }: Market) => ({ reservation: id, firstDay, count: 1 })

const coreDoors: Row[] = [
  {
    ...by("NodeRegistration", () => freshNode),
    door: "registerNode",
    value: ({ operator }) => ({ operator: operator.address }),
    send: ({ berth, operator }, _value, [s]) =>
      berth.connect(operator).getFunction("registerNode")(freshNode.address, s!.r, s!.vs, EMPTY_PROFILE, [OFFER]),
    error: core("NotSignedByNode"),
    args: () => [freshNode.address],
  },
  {
    ...consent,
    door: "openTab",
    send: ({ berth, tenant, node }, _value, [s]) =>
      berth.connect(tenant).getFunction("openTab")(freshSigner.address, node.address, USD, s!.r, s!.vs),
  },
  {
    ...consent,
    door: "openTabWithOrder",
    send: ({ berth, tenant, node, order }, _value, [s]) =>
      berth.connect(tenant).getFunction("openTabWithOrder")(freshSigner.address, node.address, USD, order, s!.r, s!.vs),
  },
  {
    ...by("TabClose", ({ node }) => node),
    door: "closeTab",
    value: ({ signer, node }) => ({ signer: signer.address, node: node.address, amount: GROSS, deadline: CLOSE_BY }),
    send: ({ berth, tenant, signer, node }, _value, [s]) =>
      berth.connect(tenant).getFunction("closeTab")(signer.address, node.address, GROSS, CLOSE_BY, s!.r, s!.vs),
    error: core("NotSignedByNode"),
    args: byNode,
  },
  {
    ...by("Receipt", ({ signer }) => signer),
    door: "settle",
    value: ({ node }) => ({ node: node.address, day: DAY, gpuMs: 1n, amount: GROSS, recordsHash: seeded("records") }),
    send: ({ berth, node }, _value, [signature]) => {
      const line = { gpuMs: 1n, amount: GROSS, recordsHash: seeded("records"), signature: signature! }
      return berth.getFunction("settle")(encodeBatch({ node: node.address, day: DAY, lines: [line] }))
    },
    args: () => [],
  },
  {
    ...by("Receipt", ({ node }) => node),
    door: "claimStandingOrder",
    value: async (market) => {
      const recordsHash = await recordsHashOf(market, market.claimed.address, market.node.address)
      return { node: market.node.address, day: DAY, gpuMs: 1n, amount: GROSS, recordsHash }
    },
    send: ({ berth, claimed, node }, _value, [s]) =>
      berth.getFunction("claimStandingOrder")(claimed.address, node.address, DAY, 1n, GROSS, OPENING, s!.r, s!.vs),
    error: core("NotSignedByNode"),
    args: byNode,
  },
]

const reservationDoors: Row[] = [
  {
    ...by("ReservationQuote", ({ node }) => node),
    door: "reserve",
    value: async (market) => ({ ...(await quoteOf(market, { nonce: seeded("a second nonce") })) }),
    send: ({ reservations, tenant, signer }, quote, [s]) =>
      reservations.connect(tenant).getFunction("reserve")(quote, signer.address, s!.r, s!.vs),
    error: book("NotSignedByNode"),
    args: byNode,
  },
  {
    ...by("DayClaim", ({ signer }) => signer),
    door: "claimDays",
    prepare: ({ first: day }) => atDay(day + 1),
    value: ({ id, first: firstDay }) => ({ reservation: id, firstDay, served: packServed([FULL]) }),
    send: ({ reservations }, { reservation, firstDay, served: minutes }, [s]) =>
      reservations.getFunction("claimDays")(reservation, firstDay, minutes, s!.r, s!.vs),
    error: book("NotSignedByDaySigner"),
    args: ({ signer }) => [signer.address],
  },
  {
    ...by("ReservationCancel", ({ node }) => node),
    door: "cancelAgreed",
    value: ({ id, first: firstDay }) => ({ reservation: id, firstDay, operatorBps: 100, deadline: CLOSE_BY }),
    send: ({ reservations, tenant }, { reservation, firstDay, operatorBps, deadline }, [s]) =>
      reservations.connect(tenant).getFunction("cancelAgreed")(reservation, firstDay, operatorBps, deadline, s!.r, s!.vs),
    error: book("NotSignedByNode"),
    args: byNode,
  },
  {
    ...byQuorum("ServedDays"),
    door: "attestDays",
    prepare: ({ first: day }) => atDay(heardFrom(day)),
    value: served,
    send: ({ reservations }, { reservation, firstDay, count }, signatures) =>
      reservations.getFunction("attestDays")(reservation, firstDay, count, 0b011, signatures),
  },
]

const verifierDoors: Row[] = [
  {
    ...byQuorum("ServedDays"),
    door: "checkQuorum",
    value: served,
    send: ({ verifiers }, value, signatures) => verifiers.getFunction("checkQuorum")(1, structHash("ServedDays", value), 0b011, signatures),
  },
  {
    ...byQuorum("Attestation"),
    door: "attest",
    value: async () => ({ day: Math.floor((await time.latest()) / SECONDS_PER_DAY) - 1, root: seeded("a day's root") }),
    send: ({ verifiers }, { day, root }, signatures) => verifiers.getFunction("attest")(day, root, 0b011, signatures),
  },
]

export const DOORS: Row[] = [...coreDoors, ...reservationDoors, ...verifierDoors]
