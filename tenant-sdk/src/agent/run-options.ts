import { BerthError } from "../errors.ts"
import type { RunOptions } from "./agent.ts"

/**
 * Checks the numbers of a run. NaN would become the default, or no limit at all: on its way to a resident agent JSON makes null of it.
 * @throws BerthError `usage`
 */
export function expectRunOptions({ hours, count, memoryMiB }: RunOptions): void {
  expectNumber("hours", hours, { most: 100_000 })
  expectNumber("count", count, { most: 65_535, whole: true })
  expectNumber("memoryMiB", memoryMiB, { most: Number.MAX_SAFE_INTEGER, whole: true })
}

/** A number above 0, or undefined. @throws BerthError `usage` */
export function expectNumber(name: string, value: unknown, { most, whole = false }: { most: number; whole?: boolean }): void {
  if (value === undefined) return
  if (typeof value === "number" && value > 0 && value <= most && (!whole || Number.isInteger(value))) return
  throw new BerthError("usage", `${name} is ${value}, and must be a ${whole ? "whole number from 1" : "number above 0, and"} up to ${most}`)
}
