import type { Measured } from "./measure.ts"

/** What a flow may take at most. */
interface Bar {
  readonly flow: string
  readonly what: "gas" | "gasPerItem" | "bytesPerItem"
  readonly limit: number
}

/** Bytes of records in the anchor flows. */
const RECORD_BYTES: Readonly<Record<string, number>> = { "anchor-0": 0, "anchor-100": 4_401, "anchor-1000": 40_401 }

export const BARS: readonly Bar[] = [
  { flow: "settle-100", what: "gasPerItem", limit: 13_500 },
  { flow: "settle-100", what: "bytesPerItem", limit: 116 },
  { flow: "open-tab", what: "gas", limit: 85_000 },
  { flow: "deposit-open", what: "gas", limit: 205_000 },
  { flow: "reserve", what: "gas", limit: 215_000 },
  { flow: "claim-30", what: "gas", limit: 90_000 },
  ...Object.entries(RECORD_BYTES).map(([flow, bytes]) => ({ flow, what: "gas", limit: 32_000 + 42 * bytes }) as const),
]

/** Every bar with what was measured. */
export function judge(results: Readonly<Record<string, Measured>>) {
  return BARS.map(({ flow, what, limit }) => {
    const measured = results[flow]?.[what] ?? Number.POSITIVE_INFINITY
    return { flow, what, measured, limit, holds: measured <= limit }
  })
}
