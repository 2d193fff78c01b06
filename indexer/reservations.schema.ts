import { index, onchainEnum, onchainTable, primaryKey } from "ponder"

/*
 * What lies beside tabs: stake, reservations, standing orders, verifiers. A reservation's id is its token's, as 32 bytes of lower-case 0x
 * hex. Days are UTC days: unix seconds / 86,400. All of it is what events have posted: a day that is past its deadline lapses here when
 * somebody posts that, though the contract's own view shows it at once.
 */

export const reservationState = onchainEnum("reservation_state", ["active", "over", "cancelled"])
export const dayState = onchainEnum("day_state", ["paid", "lapsed"])
export const witness = onchainEnum("witness", ["holder", "quorum", "unsigned"])

/** An operator's stake outside of reservations. */
export const stake = onchainTable("stake", (t) => ({
  operator: t.hex().primaryKey(),
  /** Can be made lockable for a node, or unbonded. */
  free: t.bigint().notNull(),
  unbonding: t.bigint().notNull(),
  /** From when `unbonding` can be taken; null when nothing is. */
  unbondsAt: t.bigint(),
  /** What quotes of the operator's nodes may still lock, all nodes together. */
  lockable: t.bigint().notNull(),
}))

export const reservation = onchainTable(
  "reservation",
  (t) => ({
    id: t.hex().primaryKey(),
    node: t.hex().notNull(),
    operator: t.hex().notNull(),
    /** Who reserved. */
    tenant: t.hex().notNull(),
    /** Who owns the token; after a cancel, who cancelled. */
    holder: t.hex().notNull(),
    class: t.text().notNull(),
    gpus: t.integer().notNull(),
    startDay: t.doublePrecision().notNull(),
    /** Days bought. */
    term: t.integer().notNull(),
    /** First day that is not part of it any more. */
    endDay: t.doublePrecision().notNull(),
    pricePerDay: t.bigint().notNull(),
    /** What the same costs as pay-as-you-go used all day, by the node's word, and how much less the price is, basis points. */
    listPricePerDay: t.bigint().notNull(),
    discountBps: t.integer().notNull(),
    collateralPerDay: t.bigint().notNull(),
    cancelFeeBps: t.integer().notNull(),
    claimPeriod: t.integer().notNull(),
    feeBps: t.integer().notNull(),
    /** Whose quorum may attest days; 0: none. */
    verifierSet: t.integer().notNull(),
    state: reservationState("state").notNull(),
    /** Days that are neither paid nor lapsed nor cut off: price and collateral of each still lie here. */
    openDays: t.integer().notNull(),
    paidDays: t.integer().notNull(),
    lapsedDays: t.integer().notNull(),
    /** Minutes served on the paid days. */
    minutes: t.integer().notNull(),
    /** To the operator, fee included. */
    paid: t.bigint().notNull(),
    fees: t.bigint().notNull(),
    /** Refunds and penalties that lie in the token for its owner. */
    owed: t.bigint().notNull(),
    /** From when the owner who asked can take them; null unless asked. */
    refundAvailableAt: t.bigint(),
    /** Taken by owners, and returned by a cancel. */
    refunded: t.bigint().notNull(),
    createdAt: t.bigint().notNull(),
    cancelledAt: t.bigint(),
    tx: t.hex().notNull(),
  }),
  (table) => ({
    nodeIdx: index().on(table.node),
    holderIdx: index().on(table.holder),
    tenantIdx: index().on(table.tenant),
    classIdx: index().on(table.class),
  }),
)

/** A day that is resolved. Days that a cancel or an early end cut off have no row. */
export const reservationDay = onchainTable(
  "reservation_day",
  (t) => ({
    reservation: t.hex().notNull(),
    day: t.doublePrecision().notNull(),
    state: dayState("state").notNull(),
    /** Who said that it was served; null when nobody did. */
    witness: witness("witness"),
    /** Minutes served. */
    minutes: t.integer().notNull(),
    /** To the operator, fee included. */
    paid: t.bigint().notNull(),
    /** Into the token. */
    owed: t.bigint().notNull(),
    tx: t.hex().notNull(),
    timestamp: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.reservation, table.day] }), dayIdx: index().on(table.day) }),
)

/** Every change of the token's owner, from the first (of nobody) to a cancel (to nobody): nobody is the zero address. */
export const reservationTransfer = onchainTable(
  "reservation_transfer",
  (t) => ({
    id: t.text().primaryKey(),
    reservation: t.hex().notNull(),
    previous: t.hex().notNull(),
    holder: t.hex().notNull(),
    tx: t.hex().notNull(),
    timestamp: t.bigint().notNull(),
  }),
  (table) => ({ reservationIdx: index().on(table.reservation) }),
)

/** Who signs for days from `fromDay` on, until the next one's. Zero: nobody, days count as served. */
export const reservationSigner = onchainTable(
  "reservation_signer",
  (t) => ({
    reservation: t.hex().notNull(),
    fromDay: t.doublePrecision().notNull(),
    signer: t.hex().notNull(),
    /** The signer's tab at the reservation's node, which receipts of reserved work name; null when nobody signs. */
    tab: t.hex(),
    timestamp: t.bigint().notNull(),
  }),
  (table) => ({
    ...{ pk: primaryKey({ columns: [table.reservation, table.fromDay] }), signerIdx: index().on(table.signer) },
    tabIdx: index().on(table.tab),
  }),
)

/** The tab that a reservation's signer has at its node: receipts of reserved work name it, whether or not the chain has it. */
export const reservedTab = onchainTable("reserved_tab", (t) => ({
  id: t.hex().primaryKey(),
  signer: t.hex().notNull(),
  node: t.hex().notNull(),
  /** Receipts anchored by recorders that the node named. */
  anchoredReceipts: t.integer().notNull(),
}))

/** What left a token for its owner's credits. */
export const refund = onchainTable(
  "refund",
  (t) => ({
    id: t.text().primaryKey(),
    reservation: t.hex().notNull(),
    account: t.hex().notNull(),
    amount: t.bigint().notNull(),
    tx: t.hex().notNull(),
    timestamp: t.bigint().notNull(),
  }),
  (table) => ({ reservationIdx: index().on(table.reservation), accountIdx: index().on(table.account) }),
)

/** A reservation that its holder ended, alone or by agreement. */
export const cancellation = onchainTable("cancellation", (t) => ({
  reservation: t.hex().primaryKey(),
  holder: t.hex().notNull(),
  endDay: t.doublePrecision().notNull(),
  /** To the operator: of the price (fee included), and the collateral of the days cut off. */
  paid: t.bigint().notNull(),
  fee: t.bigint().notNull(),
  collateral: t.bigint().notNull(),
  /** To the holder, with all that lay in the token. */
  returned: t.bigint().notNull(),
  tx: t.hex().notNull(),
  timestamp: t.bigint().notNull(),
}))

/** What a node may claim from a tab by itself: base + min(cap, rate x hours since `fromTime`), cumulative. */
export const standingOrder = onchainTable("standing_order", (t) => ({
  tab: t.hex().primaryKey(),
  base: t.bigint().notNull(),
  cap: t.bigint().notNull(),
  /** Credits an hour. */
  rate: t.bigint().notNull(),
  fromTime: t.bigint().notNull(),
  untilTime: t.bigint().notNull(),
}))

/** Who may attest, k of n. The newest is in force for new reservations and for attestations. */
export const verifierSet = onchainTable("verifier_set", (t) => ({
  id: t.integer().primaryKey(),
  /** k; 0 for the set that has nobody. */
  threshold: t.integer().notNull(),
  members: t.hex().array().notNull(),
  timestamp: t.bigint().notNull(),
  tx: t.hex().notNull(),
}))

/** A root that a quorum signed for a day. */
export const attestation = onchainTable(
  "attestation",
  (t) => ({
    day: t.doublePrecision().notNull(),
    set: t.integer().notNull(),
    root: t.hex().notNull(),
    expiresAt: t.bigint().notNull(),
    tx: t.hex().notNull(),
    timestamp: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.day, table.set] }) }),
)
