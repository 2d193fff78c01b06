/** Where a command's words go. Only the entry file makes a real one. */
export interface Output {
  readonly json: boolean
  readonly tty: boolean
  /** A line of the result, for people; nothing with --json. */
  line(text: string): void
  /** The result, for programs; nothing without --json. `line`: one of many, each on a line of its own. */
  data(value: unknown, options?: { readonly line?: boolean }): void
  /** What is going on, on standard error; nothing with --json. */
  note(text: string): void
  /** One line of progress that replaces the last one on a terminal. */
  progress(text: string): void
  /** Bytes as they are: a container's output. */
  bytes(stream: "stdout" | "stderr", data: Uint8Array): Promise<void>
  /** One question on the terminal; undefined when there is none. */
  ask(question: string, options?: { readonly hidden?: boolean }): Promise<string | undefined>
}

/**
 * What strangers wrote (a node's words, a region, a file's name) without what a terminal would obey: escape sequences, a carriage return that
 * paints over a line, marks that turn the direction of writing. Lines and tabs stay.
 */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (mark) => (mark === "\n" || mark === "\t" ? mark : "\ufffd"))
}

/** Rows in columns, as wide as they need. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]!.length)))
  return all.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join("  ")).join("\n")
}

/** Values with bigints as decimal strings and bytes as 0x hex. */
export function toJson(value: unknown, indent = 2): string {
  return JSON.stringify(
    value,
    function (this: Record<string, unknown>, key: string, encoded: unknown) {
      const raw = this[key]
      if (typeof raw === "bigint") return raw.toString()
      if (raw instanceof Uint8Array) return `0x${Buffer.from(raw).toString("hex")}`
      return encoded
    },
    indent,
  )
}

/** 12 digits of a lease's id: enough to name it. */
export function shortId(id: string): string {
  return id.slice(2, 14)
}

/** A reservation's id as 32 bytes of hex; what protocol's `reservationName` does, without loading it. */
export function reservationId(id: bigint): string {
  return `0x${id.toString(16).padStart(64, "0")}`
}

/** 12 digits of it: enough to name it. */
export function shortReservation(id: bigint): string {
  return shortId(reservationId(id))
}

/** Basis points: `12.5 %`. */
export function percent(bps: number): string {
  return `${bps / 100} %`
}

/** Unix seconds as UTC: `2026-11-21 07:00:00 UTC`. */
export function timeOf(seconds: bigint): string {
  return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19).replace("T", " ")} UTC`
}

export function shortAddress(address: string): string {
  return `${address.slice(0, 8)}…${address.slice(-4)}`
}

/** `1h 4m`, `12.3s`. */
export function duration(ms: bigint): string {
  const s = Number(ms) / 1_000
  if (s < 60) return `${s.toFixed(1)}s`
  if (s < 3_600) return `${Math.floor(s / 60)}m ${Math.floor(s % 60)}s`
  return `${Math.floor(s / 3_600)}h ${Math.floor((s % 3_600) / 60)}m`
}

/** A UTC day as a date. */
export function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}

/** Running days as dates: `2026-11-21`, `2026-11-21 to 2026-11-23`. */
export function spanOf(firstDay: number, count: number): string {
  return count > 1 ? `${dateOf(firstDay)} to ${dateOf(firstDay + count - 1)}` : dateOf(firstDay)
}

/** Credits as dollars; what protocol's `formatCredits` does, without loading it. */
export function usd(amount: bigint): string {
  const abs = amount < 0n ? -amount : amount
  const fraction = (abs % 1_000_000n)
    .toString()
    .padStart(6, "0")
    .replace(/0{1,4}$/, "")
  return `${amount < 0n ? "-" : ""}$${abs / 1_000_000n}.${fraction}`
}
