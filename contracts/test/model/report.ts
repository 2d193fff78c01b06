import type { Counts } from "./play.ts"

/** Days, comparisons, and how often each kind of call was made and done. */
export function report({ days, checks, entries }: Counts): string {
  const rows = [...entries].map(([name, { calls, successes }]) => `${name.padEnd(20)} ${percent(calls, successes)} of ${calls}`)
  const calls = [...entries.values()].reduce((sum, entry) => sum + entry.calls, 0)
  return [`${days} days, ${calls} calls, ${checks} values compared; done:`, ...rows].join("\n  ")
}

function percent(calls: number, successes: number): string {
  return calls === 0 ? "   - " : `${((100 * successes) / calls).toFixed(0).padStart(3)} %`
}

/** Kinds of call that were made too seldom, or refused too often, to have tested anything. */
export function neglected({ entries }: Counts, least: number): string[] {
  return [...entries].filter(([, { calls, successes }]) => calls < least || successes * 5 < calls).map(([name]) => name)
}
