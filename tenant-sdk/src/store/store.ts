import type { Market } from "@berth/protocol"
import { openDatabase } from "./database.ts"
import { LeaseRows } from "./lease-rows.ts"
import { ReceiptRows } from "./receipt-rows.ts"
import { ReservationRows } from "./reservation-rows.ts"
import { TabRows } from "./tab-rows.ts"
import { TransactionRows } from "./transaction-rows.ts"

/** Everything that the agent must not forget. */
export interface Store {
  readonly tabs: TabRows
  readonly leases: LeaseRows
  readonly receipts: ReceiptRows
  readonly reservations: ReservationRows
  readonly transactions: TransactionRows
  close(): void
}

/** Opens the store of one market. Throws BerthError `locked` when another agent has it. */
export function openStore(path: string, market: Market): Store {
  const { db, close } = openDatabase(path)
  return {
    tabs: new TabRows(db, market),
    leases: new LeaseRows(db, market),
    receipts: new ReceiptRows(db, market),
    reservations: new ReservationRows(db, market),
    transactions: new TransactionRows(db, market),
    close,
  }
}
