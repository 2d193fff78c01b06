import { isAbsolute } from "node:path"
import { BerthError } from "../errors.ts"

// Parsers of what people write. Each throws a BerthError `usage` that shows how to write it.

/** An amount as credits, which have 64 bits. */
export function parseUsd(text: string): bigint {
  const match = /^\$?(\d{1,20})(?:\.(\d{1,6}))?$/.exec(text.trim())
  const credits = match ? BigInt(match[1]!) * 1_000_000n + BigInt((match[2] ?? "").padEnd(6, "0")) : 1n << 64n
  if (credits < 1n << 64n) return credits
  throw new BerthError("usage", `"${text}" is not an amount in USD`, { hint: "write for example 12.50, with at most 6 decimals" })
}

/** GPUs, vCPUs or days. */
export function parseCount(text: string): number {
  return parseWhole(text, 1, 65_535)
}

/** `vendor/model`, as protocol's CLASS_PATTERN has it, without loading it. */
export function parseClass(text: string): string {
  if (/^[a-z0-9]{2,16}\/[a-z0-9][a-z0-9.-]{0,47}$/.test(text)) return text
  throw new BerthError("usage", `"${text}" is not a class of hardware`, { hint: "write for example nvidia/rtx-4090 or cpu/x86-64" })
}

/** `512m`, `2g`, `1024`: as MiB. */
export function parseSize(text: string): number {
  const match = /^(\d{1,9})\s*([mg]?)(?:i?b)?$/i.exec(text.trim())
  const mebibytes = match ? Number(match[1]) * (match[2]!.toLowerCase() === "g" ? 1_024 : 1) : 0
  if (mebibytes > 0) return mebibytes
  throw new BerthError("usage", `"${text}" is not a size`, { hint: "write for example 512m or 2g" })
}

/** `KEY=value`; `KEY` alone takes the value from `environment`, as docker does. */
export function parseEnv(texts: readonly string[], environment: (name: string) => string | undefined): Record<string, string> {
  const env: Record<string, string> = {}
  for (const text of texts) {
    const at = text.indexOf("=")
    const name = at < 0 ? text : text.slice(0, at)
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) throw new BerthError("usage", `"${text}" is not a variable`, { hint: "write KEY=value" })
    const value = at < 0 ? environment(name) : text.slice(at + 1)
    if (value !== undefined) env[name] = value
  }
  return env
}

/** `LEASE:/path`. */
export function parseLeasePath(text: string): { lease: string; path: string } {
  const at = text.indexOf(":")
  const path = text.slice(at + 1)
  if (at > 0 && isAbsolute(path)) return { lease: text.slice(0, at), path }
  throw new BerthError("usage", `"${text}" names no file of a lease`, { hint: "write LEASE:/path, such as 3fa9:/work/out.png" })
}

/** `2026-11-21`, or a number of days since 1970. */
export function parseDay(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  // 31 February is read as a day of March: it must come back as it was written.
  if (ms >= 0 && new Date(ms).toISOString().startsWith(text)) return ms / 86_400_000
  throw new BerthError("usage", `"${text}" is not a day`, { hint: "write for example 2026-11-21 (UTC)" })
}

export function parseAddress(text: string): `0x${string}` {
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return text.toLowerCase() as `0x${string}`
  throw new BerthError("usage", `"${text}" is not an address`, { hint: "write 0x and 40 hex digits" })
}

/** A reservation's whole id, in hex or as a token's decimal number; or a beginning of its hex, lower case, without 0x. */
export function parseReservation(text: string): bigint | string {
  if (/^0x[0-9a-fA-F]{64}$/.test(text) || /^\d{60,78}$/.test(text)) return BigInt(text)
  const digits = text.toLowerCase().replace(/^0x/, "")
  if (/^[0-9a-f]{1,63}$/.test(digits)) return digits
  throw new BerthError("usage", `"${text}" names no reservation`, { hint: "write its id or the first digits of it: berth reservations" })
}

/** Hours above 0, such as `48` or `1.5`, as whole seconds. */
export function parseHours(text: string): bigint {
  const hours = Number(text)
  if (/^\d+(\.\d+)?$/.test(text) && hours > 0 && hours <= 100_000) return BigInt(Math.ceil(hours * 3_600))
  throw new BerthError("usage", `"${text}" is not a number of hours`, { hint: "write for example 48 or 1.5" })
}

/** A whole number from `least` to `most`. */
export function parseWhole(text: string, least: number, most: number): number {
  const n = Number(text)
  if (/^\d{1,9}$/.test(text) && n >= least && n <= most) return n
  throw new BerthError("usage", `"${text}" is not a whole number from ${least} to ${most}`)
}

/** 32 bytes. */
export function parseRoot(text: string): Uint8Array {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return new Uint8Array(Buffer.from(text.slice(2), "hex"))
  throw new BerthError("usage", `"${text}" is not a root`, { hint: "write 0x and 64 hex digits" })
}
