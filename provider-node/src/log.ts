import { hostsOnly } from "@berth/protocol/hosts-only"
import { type Logger, type LoggerOptions, pino } from "pino"

/**
 * A log of lines of JSON. An error in it is its name, its words, its stack and what else it has in text and numbers, and of URLs the hosts only.
 * @param fd 1 or 2
 */
export function createLog(options: Omit<LoggerOptions, "serializers">, fd: 1 | 2): Logger {
  return pino({ ...options, serializers: { err: plainError } }, pino.destination(fd))
}

/** An error as a log may have it. Objects in it are left out: viem's hold the RPC's URL, and what was sent there. */
export function plainError(error: Error): Record<string, unknown> {
  const entries = Object.entries(pino.stdSerializers.err(error)).filter(([, value]) => value !== null && typeof value !== "object")
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "string" ? hostsOnly(value) : value]))
}
