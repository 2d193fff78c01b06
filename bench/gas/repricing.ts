import type { Taken } from "./measure.ts"

/**
 * Prices of the repricing that is being built (Glamsterdam; devnet values of November 2026, unsettled). Gas.
 * EIP-8038: the first write to a slot that holds something, cold: 12,100 instead of 5,000. EIP-7976: the least a calldata byte costs is 64.
 * The price of a new slot (EIP-8037) is not known well enough: new slots are counted at today's.
 */
const WRITE_DEARER = 12_100 - 5_000
const FLOOR_PER_BYTE = 64
const TRANSACTION = 21_000

export interface Repriced {
  readonly slotsRewritten: number
  readonly slotsNew: number
  readonly gas: number
  readonly gasPerItem: number
}

/** What a flow of one transaction would take then: computed from the slots and bytes that were counted, not measured. */
export function repriced({ gas, calldataBytes, items, rewritten, fresh }: Taken): Repriced {
  const then = Math.round(Math.max(gas + WRITE_DEARER * rewritten, TRANSACTION + FLOOR_PER_BYTE * calldataBytes))
  const slots = (count: number) => Math.round(count * 100) / 100
  return {
    ...{ slotsRewritten: slots(rewritten), slotsNew: slots(fresh), gas: then },
    gasPerItem: Math.round((then / Math.max(items, 1)) * 10) / 10,
  }
}
