import type { Log } from "./install.ts"

const EVERY_MS = 5_000

/** Says every few seconds that work which says nothing itself goes on. */
export async function ticking<T>(log: Log, what: string, work: Promise<T>, everyMs = EVERY_MS): Promise<T> {
  const started = performance.now()
  const beat = setInterval(() => log(`… ${what} (${Math.round((performance.now() - started) / 1_000)} s so far)`), everyMs)
  try {
    return await work
  } finally {
    clearInterval(beat)
  }
}
