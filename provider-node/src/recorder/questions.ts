import { ProtocolError } from "@berth/protocol"

/** Answers that are kept. */
const MAX_KNOWN = 100_000
/** Questions of one peer that may wait: what a connection can bring, four streams of 64 receipts. */
const SHARE = 256
/** Questions of all peers together that no node's word on chain stands behind. */
const STRANGERS_ROOM = 1_000
/** Questions of one round. */
const PER_ROUND = 1_000

/** Who brings questions about. */
export interface Asker {
  readonly id: string
  /** It is a node that named this recorder on chain, which cost a transaction; another identity costs nothing. */
  readonly named: boolean
}

/**
 * Questions to the chain that strangers bring about at no cost: one request at a time and for all that wait, so they can't have us ask
 * faster than the chain answers, and nobody waits longer than the request under way and the next. Each node that named us has room of its
 * own, all others one room together, however many they are; when there is more than a round holds, those rooms take turns. What was
 * answered is believed for a while.
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
   * @returns all answers, by the same: the caller's own, whatever is forgotten meanwhile
   * @throws ProtocolError `rate_limited` when the asker has no room for those that don't wait already; what `ask` throws
   */
  async answers(asker: Asker, questions: ReadonlyMap<string, Question>): Promise<ReadonlyMap<string, Answer>> {
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
    if (added.length > this.#roomOf(asker))
      throw new ProtocolError("rate_limited", "too many receipts wait for the chain's word: send them again in some seconds")
    for (const [key, question] of added) this.#pending.set(key, { asker, question, answer: Promise.withResolvers() })
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

  #roomOf({ id, named }: Asker): number {
    const askers = [...this.#pending.values()].map(({ asker }) => asker)
    const own = SHARE - askers.filter((other) => other.id === id).length
    return named ? own : Math.min(own, STRANGERS_ROOM - askers.filter((other) => !other.named).length)
  }

  /** What is asked next: the first of each room, then the second of each, and so on. */
  #round(): [string, Pending<Question, Answer>][] {
    const turns = new Map<string, number>()
    const inTurn = [...this.#pending].map((entry) => {
      const { id, named } = entry[1].asker
      const room = named ? id : ""
      const turn = turns.get(room) ?? 0
      turns.set(room, turn + 1)
      return { entry, turn }
    })
    inTurn.sort((a, b) => a.turn - b.turn)
    return inTurn.slice(0, PER_ROUND).map(({ entry }) => entry)
  }

  /** Never throws: who waits is told. */
  async #askAll(): Promise<void> {
    this.#asking = true
    while (this.#pending.size > 0) {
      const round = this.#round()
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
  readonly asker: Asker
  readonly question: Question
  readonly answer: PromiseWithResolvers<Answer>
}
