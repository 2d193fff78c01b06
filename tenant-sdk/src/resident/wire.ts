import { BerthError, type BerthErrorCode } from "../errors.ts"

/**
 * What crosses the agent's socket: one JSON value a line. Integers of the chain and bytes have forms of their own, `{"$n":"12"}` and
 * `{"$b":"<base64>"}`.
 */
export type Request =
  | { readonly id: number; readonly call: string; readonly args: readonly unknown[] }
  | { readonly id: number; readonly cancel: true }

export type Reply =
  | { readonly id: number; readonly item: unknown }
  | { readonly id: number; readonly progress: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: WireFailure }

export interface WireFailure {
  readonly code: BerthErrorCode
  readonly message: string
  readonly hint?: string | undefined
}

/** Longest line, characters: a chunk of files is 64 KiB, a piece of a bundle some 100 KiB; a bill has a line a lease and day. */
const MAX_LINE = 64 * 1024 * 1024

/** Throws BerthError `too_large` when the other side would not take the line. */
export function encodeLine(value: unknown): string {
  const text = JSON.stringify(value, function (this: Record<string, unknown>, key: string, encoded: unknown) {
    // Buffers have a toJSON of their own: look at the value before it.
    const raw = this[key]
    if (typeof raw === "bigint") return { $n: raw.toString() }
    if (raw instanceof Uint8Array) return { $b: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("base64") }
    return encoded
  })
  if (text.length <= MAX_LINE) return `${text}\n`
  throw new BerthError("too_large", `${text.length} characters are more than the agent's socket takes at once (${MAX_LINE})`, {
    hint: "ask for less: one day of a bill with --day",
  })
}

export function decodeLine(line: string): unknown {
  return JSON.parse(line, (_, value) => {
    if (value === null || typeof value !== "object") return value
    if (typeof value.$n === "string") return BigInt(value.$n)
    if (typeof value.$b === "string") return new Uint8Array(Buffer.from(value.$b, "base64"))
    return value
  })
}

export function failureOf(error: BerthError): WireFailure {
  return { code: error.code, message: error.message, ...(error.hint && { hint: error.hint }) }
}

export function errorOf({ code, message, hint }: WireFailure): BerthError {
  return new BerthError(code, message, { hint })
}

/** Splits what comes from a socket into lines. */
export class LineReader {
  #parts: string[] = []
  #length = 0
  readonly #onLine: (line: string) => void

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  /** Throws a RangeError when a line has no end. */
  push(chunk: string): void {
    let from = 0
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", from)) {
      const line = this.#parts.join("") + chunk.slice(from, end)
      this.#parts = []
      this.#length = 0
      from = end + 1
      this.#onLine(line)
    }
    const rest = chunk.slice(from)
    if (!rest) return
    this.#parts.push(rest)
    this.#length += rest.length
    if (this.#length > MAX_LINE) throw new RangeError(`a line above ${MAX_LINE} characters`)
  }
}
