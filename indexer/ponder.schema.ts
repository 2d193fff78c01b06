import { index, onchainEnum, onchainTable, primaryKey, relations } from "ponder"
import {
  cancellation,
  refund,
  reservation,
  reservationDay,
  reservationSigner,
  reservationTransfer,
  reservedTab,
  stake,
  standingOrder,
} from "./reservations.schema.ts"

export * from "./reservations.schema.ts"

/*
 * Ids: addresses and hashes are lower-case 0x hex. A tab's id is keccak256(abi.encode(chainId, contract, signer, node)), the same as in
 * receipts and records. Facts (statement, skippedLine, anchor) have Ponder's event id, which sorts by chain order.
 * Amounts are bigint credits (1e-6 USD), times bigint unix seconds. Days, seqs and lease numbers are u32 on the wire, whoever wrote them:
 * PostgreSQL's integer ends at half of that, so they are doublePrecision, which is exact there.
 */

export const tabState = onchainEnum("tab_state", ["open", "closing", "closed"])
export const recordState = onchainEnum("record_state", ["anchored", "settled"])
export const tier = onchainEnum("tier", ["individual", "data_center", "partner"])
export const skipReason = onchainEnum("skip_reason", ["none", "bad_signature", "unknown_tab", "closed", "stale", "underfunded"])

/** One row: the market itself. */
export const market = onchainTable("market", (t) => ({
  id: t.hex().primaryKey(),
  chainId: t.integer().notNull(),
  computeRecords: t.hex().notNull(),
  reserve: t.hex().notNull(),
  /** Zero once it is renounced. */
  owner: t.hex().notNull(),
  /** To whom the ownership is offered; zero: to nobody. */
  pendingOwner: t.hex().notNull(),
  feeBps: t.integer().notNull(),
  paused: t.boolean().notNull(),
  accruedFees: t.bigint().notNull(),
  feesWithdrawn: t.bigint().notNull(),
  deposited: t.bigint().notNull(),
  withdrawn: t.bigint().notNull(),
  inTabs: t.bigint().notNull(),
  paid: t.bigint().notNull(),
  gpuMs: t.bigint().notNull(),
  nodes: t.integer().notNull(),
  tabs: t.integer().notNull(),
  statements: t.integer().notNull(),
  anchors: t.integer().notNull(),
  records: t.doublePrecision().notNull(),
  /** Stake of all operators: free, unbonding, lockable. */
  staked: t.bigint().notNull(),
  /** What lies in reservations: price and collateral of open days, and what is owed. With `staked`, the credits of the Reservations contract. */
  inReservations: t.bigint().notNull(),
  /** Paid by reservations to operators, fee included. Not part of `paid`. */
  reservationPaid: t.bigint().notNull(),
  reservations: t.integer().notNull(),
  /** The newest verifier set; 0 before the first. */
  verifierSet: t.integer().notNull(),
}))

export const account = onchainTable("account", (t) => ({
  id: t.hex().primaryKey(),
  /** Free credits. */
  credits: t.bigint().notNull(),
  deposited: t.bigint().notNull(),
  withdrawn: t.bigint().notNull(),
  /** What lies in the account's open tabs and is not spent. */
  inTabs: t.bigint().notNull(),
  /** Paid to nodes from the account's tabs, fee included. */
  spent: t.bigint().notNull(),
  /** Received as operator, from tabs and reservations, after fees; collateral that came back is not part of it. */
  earned: t.bigint().notNull(),
  /** Prices of the reservations that the account made. */
  reserved: t.bigint().notNull(),
  /** Out of reservations: refunds, penalties, and what cancelling returned. */
  refunded: t.bigint().notNull(),
}))

export const node = onchainTable(
  "node",
  (t) => ({
    id: t.hex().primaryKey(),
    operator: t.hex().notNull(),
    tier: tier("tier").notNull(),
    region: t.text().notNull(),
    addresses: t.text().array().notNull(),
    recorders: t.hex().array().notNull(),
    metadataHash: t.hex().notNull(),
    retired: t.boolean().notNull(),
    version: t.bigint().notNull(),
    offerCount: t.integer().notNull(),
    registeredAt: t.bigint().notNull(),
    updatedAt: t.bigint().notNull(),
    /** From settlements: what the node was paid (fee included), its GPU-ms, tabs and distinct paying tenants. */
    paid: t.bigint().notNull(),
    gpuMs: t.bigint().notNull(),
    tabs: t.integer().notNull(),
    payingTenants: t.integer().notNull(),
    /** Stake that quotes of the node may still lock, and that of it which lies as collateral in open days. */
    lockable: t.bigint().notNull(),
    collateral: t.bigint().notNull(),
    reservations: t.integer().notNull(),
    /** Paid by reservations, fee included. Not part of `paid`. */
    reservationPaid: t.bigint().notNull(),
  }),
  (table) => ({ operatorIdx: index().on(table.operator), regionIdx: index().on(table.region) }),
)

/** Every profile that a node ever had. */
export const nodeProfile = onchainTable(
  "node_profile",
  (t) => ({
    node: t.hex().notNull(),
    version: t.bigint().notNull(),
    tier: tier("tier").notNull(),
    region: t.text().notNull(),
    addresses: t.text().array().notNull(),
    recorders: t.hex().array().notNull(),
    metadataHash: t.hex().notNull(),
    timestamp: t.bigint().notNull(),
    tx: t.hex().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.node, table.version] }) }),
)

/** The offers in force. Informative: a price binds in a signed quote only. */
export const offer = onchainTable(
  "offer",
  (t) => ({
    node: t.hex().notNull(),
    /** Place in the node's list. */
    position: t.integer().notNull(),
    class: t.text().notNull(),
    count: t.integer().notNull(),
    vramMiB: t.doublePrecision().notNull(),
    /** Credits per GPU-hour. */
    price: t.bigint().notNull(),
    /** What reservations of at least `term` days cost less: `[{"term":30,"bps":1000}]`, terms ascending. */
    discounts: t.json().$type<{ term: number; bps: number }[]>().notNull(),
    version: t.bigint().notNull(),
    /** False once the node is retired. */
    active: t.boolean().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.node, table.position] }), classIdx: index().on(table.class, table.price) }),
)

export const tab = onchainTable(
  "tab",
  (t) => ({
    id: t.hex().primaryKey(),
    tenant: t.hex().notNull(),
    signer: t.hex().notNull(),
    node: t.hex().notNull(),
    operator: t.hex().notNull(),
    deposit: t.bigint().notNull(),
    spent: t.bigint().notNull(),
    feeBps: t.integer().notNull(),
    state: tabState("state").notNull(),
    openedAt: t.bigint().notNull(),
    /** From when anyone may finish a timed close; null unless one was requested. */
    closesAt: t.bigint(),
    closedAt: t.bigint(),
    returned: t.bigint().notNull(),
    /** The last settled statement's word. */
    gpuMs: t.bigint().notNull(),
    amount: t.bigint().notNull(),
    day: t.doublePrecision(),
    recordsHash: t.hex(),
    statements: t.integer().notNull(),
    /** Receipts anchored by recorders that the node named. */
    anchoredReceipts: t.integer().notNull(),
  }),
  (table) => ({ tenantIdx: index().on(table.tenant), nodeIdx: index().on(table.node), signerIdx: index().on(table.signer) }),
)

/** A line that paid. */
export const statement = onchainTable(
  "statement",
  (t) => ({
    id: t.text().primaryKey(),
    tab: t.hex().notNull(),
    tenant: t.hex().notNull(),
    signer: t.hex().notNull(),
    node: t.hex().notNull(),
    operator: t.hex().notNull(),
    day: t.doublePrecision().notNull(),
    /** Cumulative over the tab's life, the signer's word. */
    gpuMs: t.bigint().notNull(),
    amount: t.bigint().notNull(),
    recordsHash: t.hex().notNull(),
    /** What this line moved: paid (fee included), the fee of it, and the GPU-ms since the tab's last statement. */
    paid: t.bigint().notNull(),
    fee: t.bigint().notNull(),
    addedGpuMs: t.bigint().notNull(),
    tx: t.hex().notNull(),
    block: t.bigint().notNull(),
    timestamp: t.bigint().notNull(),
    /** Whether it is certain that the tab's signer signed it: false when it may have been claimed under the tab's standing order. */
    countersigned: t.boolean().notNull(),
    /** Seq of the anchored receipt whose recordsHash was recomputed to be this one; null while that could not be done. */
    provenSeq: t.doublePrecision(),
  }),
  (table) => ({
    tabIdx: index().on(table.tab),
    nodeIdx: index().on(table.node, table.day),
    dayIdx: index().on(table.day),
    txIdx: index().on(table.tx),
  }),
)

export const skippedLine = onchainTable(
  "skipped_line",
  (t) => ({
    id: t.text().primaryKey(),
    tx: t.hex().notNull(),
    node: t.hex().notNull(),
    /** Who the signature recovers to; an address without a tab when the line was altered. */
    signer: t.hex().notNull(),
    index: t.doublePrecision().notNull(),
    reason: skipReason("reason").notNull(),
    timestamp: t.bigint().notNull(),
  }),
  (table) => ({ txIdx: index().on(table.tx) }),
)

/** A transaction that settled. */
export const settlement = onchainTable("settlement", (t) => ({
  id: t.hex().primaryKey(),
  submitter: t.hex().notNull(),
  block: t.bigint().notNull(),
  timestamp: t.bigint().notNull(),
  paidLines: t.integer().notNull(),
  skippedLines: t.integer().notNull(),
  paid: t.bigint().notNull(),
  /** Calldata of the transaction. */
  bytes: t.integer().notNull(),
}))

export const recorder = onchainTable("recorder", (t) => ({
  id: t.hex().primaryKey(),
  head: t.hex().notNull(),
  anchors: t.integer().notNull(),
  lastBlock: t.bigint().notNull(),
}))

export const anchor = onchainTable(
  "anchor",
  (t) => ({
    id: t.text().primaryKey(),
    recorder: t.hex().notNull(),
    root: t.hex().notNull(),
    head: t.hex().notNull(),
    block: t.bigint().notNull(),
    timestamp: t.bigint().notNull(),
    tx: t.hex().notNull(),
    bytes: t.integer().notNull(),
    /** The packed records give the root. Null when none were posted. */
    verified: t.boolean(),
    /** Receipts in the packed data, and those that count: of a known tab (or a reservation's signer's), from a recorder that its node named, not anchored before. */
    receipts: t.integer().notNull(),
    counted: t.integer().notNull(),
    records: t.integer().notNull(),
  }),
  (table) => ({ recorderIdx: index().on(table.recorder), blockIdx: index().on(table.block) }),
)

/** One receipt's records as anchored. The first anchor of (tab, seq) by a recorder that the node named counts. */
export const anchoredReceipt = onchainTable(
  "anchored_receipt",
  (t) => ({
    tab: t.hex().notNull(),
    seq: t.doublePrecision().notNull(),
    anchor: t.text().notNull(),
    /** tabBlockRoot */
    root: t.hex().notNull(),
    /** Block and time of the anchor. */
    block: t.bigint().notNull(),
    timestamp: t.bigint().notNull(),
    records: t.integer().notNull(),
    state: recordState("state").notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.tab, table.seq] }), anchorIdx: index().on(table.anchor) }),
)

export const computeRecord = onchainTable(
  "compute_record",
  (t) => ({
    tab: t.hex().notNull(),
    seq: t.doublePrecision().notNull(),
    /** Place in the receipt. */
    position: t.integer().notNull(),
    /** The block that the record is about. */
    block: t.bigint().notNull(),
    leaseNo: t.doublePrecision().notNull(),
    cumulativeMs: t.bigint().notNull(),
    amount: t.bigint().notNull(),
    requests: t.doublePrecision().notNull(),
    tokens: t.bigint().notNull(),
    anchor: t.text().notNull(),
    state: recordState("state").notNull(),
    /** The settled statement that was proven to cover it. */
    statement: t.text(),
  }),
  (table) => ({
    pk: primaryKey({ columns: [table.tab, table.seq, table.position] }),
    leaseIdx: index().on(table.tab, table.leaseNo),
    blockIdx: index().on(table.block),
    anchorIdx: index().on(table.anchor),
  }),
)

/** A lease as its anchored records show it. */
export const lease = onchainTable(
  "lease",
  (t) => ({
    tab: t.hex().notNull(),
    leaseNo: t.doublePrecision().notNull(),
    /** EIP-712 struct hash of its public terms. Null while its first receipt is not anchored. */
    termsHash: t.hex(),
    /** Seq of the receipt that holds its terms. */
    firstSeq: t.doublePrecision(),
    lastSeq: t.doublePrecision().notNull(),
    cumulativeMs: t.bigint().notNull(),
    amount: t.bigint().notNull(),
    requests: t.bigint().notNull(),
    tokens: t.bigint().notNull(),
    lastBlock: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.tab, table.leaseNo] }) }),
)

/** How far a tab's anchored records were proven by its statements. */
export const tabProof = onchainTable("tab_proof", (t) => ({
  tab: t.hex().primaryKey(),
  seq: t.doublePrecision().notNull(),
  /** Sum of the records' amounts up to there. */
  used: t.bigint().notNull(),
  /** The books at that receipt, encoded as protocol/src/books.ts does. */
  books: t.text().notNull(),
  /** What was spent in vain since, to prove more: a tab that takes too much is given up. */
  effort: t.doublePrecision().notNull(),
}))

/** Network totals of a day, from settlements only. */
export const day = onchainTable("day", (t) => ({
  day: t.doublePrecision().primaryKey(),
  paid: t.bigint().notNull(),
  fees: t.bigint().notNull(),
  gpuMs: t.bigint().notNull(),
  statements: t.integer().notNull(),
  tabs: t.integer().notNull(),
  nodes: t.integer().notNull(),
}))

export const nodeDay = onchainTable(
  "node_day",
  (t) => ({
    node: t.hex().notNull(),
    day: t.doublePrecision().notNull(),
    paid: t.bigint().notNull(),
    fees: t.bigint().notNull(),
    gpuMs: t.bigint().notNull(),
    tabs: t.integer().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.node, table.day] }) }),
)

export const tabDay = onchainTable(
  "tab_day",
  (t) => ({
    tab: t.hex().notNull(),
    day: t.doublePrecision().notNull(),
    paid: t.bigint().notNull(),
    gpuMs: t.bigint().notNull(),
  }),
  (table) => ({ pk: primaryKey({ columns: [table.tab, table.day] }) }),
)

/** What a tenant paid a node, ever. */
export const tenantNode = onchainTable(
  "tenant_node",
  (t) => ({ tenant: t.hex().notNull(), node: t.hex().notNull(), paid: t.bigint().notNull() }),
  (table) => ({ pk: primaryKey({ columns: [table.tenant, table.node] }), nodeIdx: index().on(table.node) }),
)

/** Offers of a class in force, and what was really paid for it. */
export const classPrice = onchainTable("class_price", (t) => ({
  class: t.text().primaryKey(),
  offers: t.integer().notNull(),
  /** A node offers up to 32 x 65,535 of a class: a thousand nodes of a stranger's are past PostgreSQL's integer. */
  units: t.doublePrecision().notNull(),
  /** Of the settled work whose class is certain: nodes that offer one class, at a price near their offer. */
  paid: t.bigint().notNull(),
  gpuMs: t.bigint().notNull(),
  /** Credits per GPU-hour, weighed by work: paid x 3,600,000 / gpuMs. Null before the first. */
  paidPrice: t.bigint(),
}))

export const nodeRelations = relations(node, ({ one, many }) => ({
  operatorAccount: one(account, { fields: [node.operator], references: [account.id] }),
  offers: many(offer),
  tabList: many(tab),
  statements: many(statement),
  days: many(nodeDay),
  profiles: many(nodeProfile),
  tenants: many(tenantNode),
  reservationList: many(reservation),
  operatorStake: one(stake, { fields: [node.operator], references: [stake.operator] }),
}))
export const nodeProfileRelations = relations(nodeProfile, ({ one }) => ({
  nodeInfo: one(node, { fields: [nodeProfile.node], references: [node.id] }),
}))
export const offerRelations = relations(offer, ({ one }) => ({ nodeInfo: one(node, { fields: [offer.node], references: [node.id] }) }))
export const nodeDayRelations = relations(nodeDay, ({ one }) => ({
  nodeInfo: one(node, { fields: [nodeDay.node], references: [node.id] }),
}))
export const tenantNodeRelations = relations(tenantNode, ({ one }) => ({
  nodeInfo: one(node, { fields: [tenantNode.node], references: [node.id] }),
  tenantAccount: one(account, { fields: [tenantNode.tenant], references: [account.id] }),
}))
export const accountRelations = relations(account, ({ one, many }) => ({
  tabs: many(tab),
  nodes: many(node),
  paidNodes: many(tenantNode),
  reservations: many(reservation),
  refunds: many(refund),
  stake: one(stake, { fields: [account.id], references: [stake.operator] }),
}))
export const tabRelations = relations(tab, ({ one, many }) => ({
  nodeInfo: one(node, { fields: [tab.node], references: [node.id] }),
  tenantAccount: one(account, { fields: [tab.tenant], references: [account.id] }),
  proof: one(tabProof, { fields: [tab.id], references: [tabProof.tab] }),
  order: one(standingOrder, { fields: [tab.id], references: [standingOrder.tab] }),
  statementList: many(statement),
  days: many(tabDay),
  leases: many(lease),
  receipts: many(anchoredReceipt),
  records: many(computeRecord),
}))
export const tabDayRelations = relations(tabDay, ({ one }) => ({ tabInfo: one(tab, { fields: [tabDay.tab], references: [tab.id] }) }))
export const leaseRelations = relations(lease, ({ one }) => ({
  tabInfo: one(tab, { fields: [lease.tab], references: [tab.id] }),
  reservedTab: one(reservedTab, { fields: [lease.tab], references: [reservedTab.id] }),
}))
export const statementRelations = relations(statement, ({ one, many }) => ({
  tabInfo: one(tab, { fields: [statement.tab], references: [tab.id] }),
  nodeInfo: one(node, { fields: [statement.node], references: [node.id] }),
  settlement: one(settlement, { fields: [statement.tx], references: [settlement.id] }),
  records: many(computeRecord),
}))
export const settlementRelations = relations(settlement, ({ many }) => ({ statements: many(statement), skipped: many(skippedLine) }))
export const skippedLineRelations = relations(skippedLine, ({ one }) => ({
  settlement: one(settlement, { fields: [skippedLine.tx], references: [settlement.id] }),
}))
export const recorderRelations = relations(recorder, ({ many }) => ({ anchorList: many(anchor) }))
export const anchorRelations = relations(anchor, ({ one, many }) => ({
  recorderInfo: one(recorder, { fields: [anchor.recorder], references: [recorder.id] }),
  receiptList: many(anchoredReceipt),
  recordList: many(computeRecord),
}))
export const anchoredReceiptRelations = relations(anchoredReceipt, ({ one }) => ({
  tabInfo: one(tab, { fields: [anchoredReceipt.tab], references: [tab.id] }),
  reservedTab: one(reservedTab, { fields: [anchoredReceipt.tab], references: [reservedTab.id] }),
  anchorInfo: one(anchor, { fields: [anchoredReceipt.anchor], references: [anchor.id] }),
}))
export const computeRecordRelations = relations(computeRecord, ({ one }) => ({
  tabInfo: one(tab, { fields: [computeRecord.tab], references: [tab.id] }),
  reservedTab: one(reservedTab, { fields: [computeRecord.tab], references: [reservedTab.id] }),
  anchorInfo: one(anchor, { fields: [computeRecord.anchor], references: [anchor.id] }),
  statementInfo: one(statement, { fields: [computeRecord.statement], references: [statement.id] }),
}))
export const standingOrderRelations = relations(standingOrder, ({ one }) => ({
  tabInfo: one(tab, { fields: [standingOrder.tab], references: [tab.id] }),
}))
export const stakeRelations = relations(stake, ({ one, many }) => ({
  account: one(account, { fields: [stake.operator], references: [account.id] }),
  nodes: many(node),
}))
export const reservationRelations = relations(reservation, ({ one, many }) => ({
  nodeInfo: one(node, { fields: [reservation.node], references: [node.id] }),
  holderAccount: one(account, { fields: [reservation.holder], references: [account.id] }),
  cancellation: one(cancellation, { fields: [reservation.id], references: [cancellation.reservation] }),
  days: many(reservationDay),
  transfers: many(reservationTransfer),
  signers: many(reservationSigner),
  refunds: many(refund),
}))
export const reservationDayRelations = relations(reservationDay, ({ one }) => ({
  reservationInfo: one(reservation, { fields: [reservationDay.reservation], references: [reservation.id] }),
}))
export const reservationTransferRelations = relations(reservationTransfer, ({ one }) => ({
  reservationInfo: one(reservation, { fields: [reservationTransfer.reservation], references: [reservation.id] }),
}))
export const reservationSignerRelations = relations(reservationSigner, ({ one }) => ({
  reservationInfo: one(reservation, { fields: [reservationSigner.reservation], references: [reservation.id] }),
  reservedTab: one(reservedTab, { fields: [reservationSigner.tab], references: [reservedTab.id] }),
}))
export const reservedTabRelations = relations(reservedTab, ({ one, many }) => ({
  tabInfo: one(tab, { fields: [reservedTab.id], references: [tab.id] }),
  nodeInfo: one(node, { fields: [reservedTab.node], references: [node.id] }),
  signers: many(reservationSigner),
  leases: many(lease),
  receipts: many(anchoredReceipt),
  records: many(computeRecord),
}))
export const refundRelations = relations(refund, ({ one }) => ({
  reservationInfo: one(reservation, { fields: [refund.reservation], references: [reservation.id] }),
  accountInfo: one(account, { fields: [refund.account], references: [account.id] }),
}))
