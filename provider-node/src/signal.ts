/** One typed event: parts tell each other what changed without knowing each other. Listeners run in the order of `on`, at once. */
export class Signal<T> {
  readonly #listeners = new Set<(value: T) => void>()

  /** @returns a function that takes the listener off again */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(value: T): void {
    for (const listener of [...this.#listeners]) listener(value)
  }
}
