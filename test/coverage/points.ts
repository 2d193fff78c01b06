import { type AstNode, Source } from "../mutation/ast.ts"

/** A place that a run may reach: one line of results. */
export interface Point {
  /** From the repository's root. */
  file: string
  /** 1-based. */
  line: number
  /** Which way a branch went; undefined for a statement or the head of a function. */
  arm?: string
  /** The line that is meant or the condition, on one line. */
  text: string
  /** What the instrumented code sends. */
  hit: number
  /** Reached only in a transaction that did not send this. So a modifier shows that it refused, wherever what it reverts with lies. */
  without?: number
}

interface Insertion {
  at: number
  /** Ends go before starts at the same place. */
  start: boolean
  text: string
}

/** One file on its way to its instrumented copy: what is inserted where, and the points that this gives. No line moves. */
export class Copy {
  readonly source: Source
  readonly points: Point[] = []
  readonly #bytes: Buffer
  readonly #insertions: Insertion[] = []
  readonly #next: { mark: number }

  /** `next` is shared by all files of a run, so that no number is sent twice. */
  constructor(file: string, content: Buffer, next: { mark: number }) {
    this.source = new Source(file, content)
    this.#bytes = Buffer.from(content)
    this.#next = next
  }

  /** Nested starts at one place: the outer one first, as a walk from the root comes by them. */
  start(at: number, text: string): void {
    this.#insertions.push({ at, start: true, text })
  }

  end(at: number, text: string): void {
    this.#insertions.push({ at, start: false, text })
  }

  /** Wraps an expression: `head` + expression + `)`. */
  wrap(node: AstNode, head: string): void {
    const [start, end] = this.source.range(node)
    this.start(start, head)
    this.end(end, ")")
  }

  replace(start: number, end: number, text: string): void {
    if (text.length !== end - start) throw new Error(`Only text of the same length keeps positions: ${text}`)
    this.#bytes.write(text, start)
  }

  /** A number that nothing else sends. */
  mark(): number {
    return this.#next.mark++
  }

  /** A statement, or the head of a function: its first line counts. Returns what to send. */
  line(node: AstNode): number {
    const [start] = this.source.range(node)
    const { bytes } = this.source
    const end = bytes.indexOf("\n", start)
    const text = this.source.slice(bytes.lastIndexOf("\n", start) + 1, end === -1 ? bytes.length : end)
    return this.#add(start, text, this.mark())
  }

  /** One way that the branch at `node` can go. */
  arm(node: AstNode, arm: string, hit = this.mark(), without?: number): number {
    const [start, end] = this.source.range(node)
    return this.#add(start, this.source.slice(start, end), hit, { arm, ...(without && { without }) })
  }

  /** Several, with running numbers. Returns the first number. */
  arms(node: AstNode, ...names: string[]): number {
    return names.map((name) => this.arm(node, name))[0]!
  }

  #add(position: number, text: string, hit: number, more: Partial<Point> = {}): number {
    const { file } = this.source
    this.points.push({ file, line: this.source.line(position), text: text.replace(/\s+/g, " ").trim(), hit, ...more })
    return hit
  }

  text(): string {
    const sorted = this.#insertions
      .map((insertion, order) => ({ ...insertion, order }))
      .sort((a, b) => a.at - b.at || Number(a.start) - Number(b.start) || a.order - b.order)
    let out = ""
    let last = 0
    for (const { at, text } of sorted) {
      out += this.#bytes.subarray(last, at).toString() + text
      last = at
    }
    return out + this.#bytes.subarray(last).toString()
  }
}
