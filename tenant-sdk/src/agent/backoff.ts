import { setTimeout as sleep } from "node:timers/promises"

const FIRST_MS = 200
const MOST_MS = 10_000

/** Waits longer after each failure in a row, with some chance, so that a thousand agents don't call a node that is back at once. */
export class Backoff {
  #failures = 0

  reset(): void {
    this.#failures = 0
  }

  /** Rejects when aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    const ms = Math.min(MOST_MS, FIRST_MS * 2 ** this.#failures++)
    await sleep(ms * (0.75 + Math.random() / 2), undefined, { signal })
  }
}
