import { readFileSync, writeFileSync } from "node:fs"
import { type Results, report } from "./report.ts"

const bench = new URL("../", import.meta.url)
const read = (name: string) => JSON.parse(readFileSync(new URL(name, bench), "utf8"))

/** RESULTS.md from results.json and gas/results.json: written by whoever has written one of them, so that it is never behind. */
export function writeReport(): string {
  const text = report(read("results.json") as Results, read("gas/results.json"))
  writeFileSync(new URL("RESULTS.md", bench), text)
  return text
}
