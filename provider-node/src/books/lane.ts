/** A run that left something is followed by another after this, doubled each time up to a minute. */
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000

/** Does one piece of work, soon after it is asked to, and again, ever later, until it says that nothing is left. One run at a time. */
export class Lane {
  readonly #work: () => Promise<boolean>
  readonly #onError: (error: unknown) => void
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #wait = FIRST_WAIT_MS
  /** Asked for during a run, which may have looked already: the delay. */
  #asked: number | undefined
  #stopped = false

  /**
   * @param work says whether nothing is left to do
   * @param onError told what a run threw (a full disk, say): it counts as one that left something, or the lane would rest for ever
   */
  constructor(work: () => Promise<boolean>, onError: (error: unknown) => void) {
    this.#work = work
    this.#onError = onError
  }

  /** True from when the work must come to its end. */
  get stopped(): boolean {
    return this.#stopped
  }

  soon(ms: number): void {
    if (this.#running) this.#asked = ms
    if (this.#timer || this.#running || this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#running = this.#run()
    }, ms)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
  }

  async #run(): Promise<void> {
    this.#asked = undefined
    const done = await this.#work().catch((error: unknown) => {
      this.#onError(error)
      return false
    })
    this.#running = undefined
    if (!done) this.soon(this.#wait)
    else if (this.#asked !== undefined) this.soon(this.#asked)
    this.#wait = done ? FIRST_WAIT_MS : Math.min(this.#wait * 2, LONGEST_WAIT_MS)
  }
}
