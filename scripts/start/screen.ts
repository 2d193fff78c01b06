import { createWriteStream, type WriteStream } from "node:fs"

interface Waiting {
  readonly text: string
  readonly since: number
}

/** What a person sees: numbered steps, indented facts, one line that updates; all of it, with times, in a log file too. */
export class Screen {
  readonly #log: WriteStream
  readonly #tty = process.stdout.isTTY === true
  readonly #t0 = performance.now()
  #live = ""
  /** The live line that was printed last, without a terminal. */
  #shown = ""
  #lastLive = 0
  #lastOutput = performance.now()
  #waiting: Waiting | undefined
  /** What is waited for while nobody says it more closely. */
  #step: Waiting | undefined
  readonly #beat: NodeJS.Timeout

  constructor(logFile: string) {
    this.#log = createWriteStream(logFile, { flags: "w" })
    // No silent half minute: whatever takes long says that it goes on.
    this.#beat = setInterval(() => {
      const waiting = this.#waiting ?? this.#step
      if (waiting && performance.now() - this.#lastOutput > 5_000) {
        this.#print(`   … ${waiting.text} (${Math.round((performance.now() - waiting.since) / 1000)} s so far)`)
      }
    }, 1_000)
    this.#beat.unref()
  }

  get seconds(): number {
    return (performance.now() - this.#t0) / 1000
  }

  step(text: string): void {
    this.#step = { text: text.replace(/^\d+ +/, ""), since: performance.now() }
    this.#print(`\n${this.#bold(text)}`)
  }

  /** From here on nothing is waited for. */
  rest(): void {
    this.#step = undefined
  }

  say(text: string): void {
    for (const line of text.split("\n")) this.#print(`   ${line}`)
  }

  detail(text: string): void {
    this.#log.write(`${new Date().toISOString()} ${text}\n`)
  }

  /** One line that updates; without a terminal, at most one every five seconds. */
  live(text: string): void {
    this.#live = text
    if (this.#tty) {
      this.#lastOutput = performance.now()
      process.stdout.write(`\r\x1b[2K   ${text.slice(0, (process.stdout.columns ?? 100) - 4)}`)
    } else if (performance.now() - this.#lastLive > 5_000) {
      this.#lastLive = performance.now()
      this.#shown = text
      this.#print(`   ${text}`)
    }
  }

  /** Keeps the live line's last text on the screen. */
  settleLive(): void {
    if (!this.#live) return
    if (this.#tty) process.stdout.write("\n")
    else if (this.#live !== this.#shown) this.#print(`   ${this.#live}`)
    this.#live = ""
    this.#lastLive = 0
  }

  /** Runs a step that may take a while; says so every few seconds. */
  async during<T>(text: string, work: Promise<T>): Promise<T> {
    const waiting = { text, since: performance.now() }
    this.#waiting = waiting
    try {
      return await work
    } finally {
      if (this.#waiting === waiting) this.#waiting = undefined
    }
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = head.map((h, i) => Math.max(h.length, ...rows.map((r) => r[i]!.length)))
    const line = (cells: readonly string[]) =>
      cells
        .map((c, i) => c.padEnd(widths[i]!))
        .join("  ")
        .trimEnd()
    this.say(line(head))
    for (const row of rows) this.say(line(row))
  }

  close(): void {
    clearInterval(this.#beat)
    this.#log.end()
  }

  #bold(text: string): string {
    return this.#tty ? `\x1b[1m${text}\x1b[0m` : text
  }

  #print(text: string): void {
    this.#lastOutput = performance.now()
    if (this.#tty && this.#live) process.stdout.write("\r\x1b[2K")
    process.stdout.write(`${text}\n`)
    this.detail(text)
    if (this.#tty && this.#live) process.stdout.write(`   ${this.#live}`)
  }
}
