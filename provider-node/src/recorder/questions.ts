import { ProtocolError } from "@berth/protocol"

/** Answers that are kept. */
const MAX_KNOWN = 100_000
/** Questions that may wait for the chain's answer. */
const MAX_PENDING = 1_000

/**
 * Questions to the chain that strangers bring about at no cost: one request at a time and for all that wait, so they can't have us ask
 * faster than the chain answers, and nobody waits longer than the request under way and the next. What was answered is believed for a while.
 */
export class Questions<Question, Answer> {
  readonly #ask: (questions: readonly Question[]) => Promise<readonly Answer[]>
  readonly #lifeMsOf: (answer: Answer) => number
  /** What the chain is asked, or will be next. */
  readonly #pending = new Map<string, Pending<Question, Answer>>()
  #asking = false
  /** Oldest first. */
  readonly #known = new Map<string, { readonly answer: Answer; readonly until: number }>()

  /**
   * @param ask the chain's answers, in the order asked
   * @param lifeMsOf how long an answer is believed
   */
  constructor(ask: (questions: readonly Question[]) => Promise<readonly Answer[]>, lifeMsOf: (answer: Answer) => number) {
    this.#ask = ask
    this.#lifeMsOf = lifeMsOf
  }

  /**
   * @param questions by what tells them apart
   * @param onAsk told how many the chain must be asked for, before it is
   * @returns all answers, by the same: the caller's own, whatever is forgotten meanwhile
   * @throws ProtocolError `rate_limited` when too many wait; what `ask` throws
   */
  async answers(questions: ReadonlyMap<string, Question>, onAsk: (count: number) => void = () => {}): Promise<ReadonlyMap<string, Answer>> {
    const now = performance.now()
    const answers = new Map<string, Answer>()
    const unknown = new Map<string, Question>()
    for (const [key, question] of questions) {
      const known = this.#known.get(key)
      if (known && known.until > now) answers.set(key, known.answer)
      else unknown.set(key, question)
    }
    if (unknown.size === 0) return answers
    const added = [...unknown].filter(([key]) => !this.#pending.has(key))
    if (added.length > 0 && this.#pending.size + added.length > MAX_PENDING)
      throw new ProtocolError("rate_limited", "too many receipts wait for the chain's word: send them again in some seconds")
    onAsk(unknown.size)
    for (const [key, question] of added) this.#pending.set(key, { question, answer: Promise.withResolvers() })
    const waiting = [...unknown.keys()].map(async (key) => answers.set(key, await this.#pending.get(key)!.answer.promise))
    if (!this.#asking) void this.#askAll()
    await Promise.all(waiting)
    return answers
  }

  /** What an event says: of more weight than what the chain was asked before it. Of questions that nobody asked nothing is kept. */
  tell(key: string, answer: Answer): void {
    const pending = this.#pending.get(key)
    if (!pending && !this.#known.has(key)) return
    this.#learn(key, answer)
    this.#pending.delete(key)
    pending?.answer.resolve(answer)
  }

  /** Never throws: who waits is told. */
  async #askAll(): Promise<void> {
    this.#asking = true
    while (this.#pending.size > 0) {
      const round = [...this.#pending]
      try {
        const answers = await this.#ask(round.map(([, { question }]) => question))
        for (const [i, [key, pending]] of round.entries()) {
          // What was told meanwhile is newer.
          if (this.#pending.get(key) !== pending) continue
          this.#learn(key, answers[i]!)
          pending.answer.resolve(answers[i]!)
        }
      } catch (error) {
        for (const [, { answer }] of round) answer.reject(error)
      }
      for (const [key, pending] of round) if (this.#pending.get(key) === pending) this.#pending.delete(key)
    }
    this.#asking = false
  }

  #learn(key: string, answer: Answer): void {
    this.#known.delete(key)
    if (this.#known.size >= MAX_KNOWN) this.#known.delete(this.#known.keys().next().value!)
    this.#known.set(key, { answer, until: performance.now() + this.#lifeMsOf(answer) })
  }
}

interface Pending<Question, Answer> {
  readonly question: Question
  readonly answer: PromiseWithResolvers<Answer>
}
