/** What a slow reader may lag behind before its oldest news are dropped: states and receipts are cumulative. */
const MAX_LAG = 1_000

/** Tells many readers of what happens. */
export class Feed<T> {
  readonly #readers = new Set<(value: T) => void>()

  push(value: T): void {
    for (const reader of this.#readers) reader(value)
  }

  /** What is pushed from the first call on, until the signal. */
  stream(signal?: AbortSignal): AsyncIterableIterator<T> {
    const queue: T[] = []
    let wake: (() => void) | undefined
    let done = signal?.aborted ?? false
    const read = (value: T) => {
      queue.push(value)
      if (queue.length > MAX_LAG) queue.shift()
      wake?.()
    }
    const end = () => {
      done = true
      this.#readers.delete(read)
      signal?.removeEventListener("abort", end)
      wake?.()
    }
    if (!done) this.#readers.add(read)
    signal?.addEventListener("abort", end, { once: true })
    return {
      async next() {
        while (queue.length === 0 && !done) {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
        return queue.length > 0 ? { value: queue.shift()!, done: false } : { value: undefined, done: true }
      },
      async return() {
        end()
        return { value: undefined, done: true }
      },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }
}
