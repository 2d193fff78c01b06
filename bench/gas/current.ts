// `node bench/gas/current.ts FOLDER`: whether the figures committed (copied to FOLDER before the bench ran anew) are those of the committed
// contracts, to 2 %: a compiler or an EVM may move them a little. And whether picture and RESULTS.md are those of these figures, to the byte.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { report } from "../support/report.ts"
import type { Measured } from "./measure.ts"
import { draw } from "./picture.ts"

const TOLERANCE = 0.02

const [folder] = process.argv.slice(2)
if (folder === undefined)
  throw new Error("which folder holds the committed results.json, gas.svg and RESULTS.md? node bench/gas/current.ts FOLDER")
const committed = read(folder)
const measured = read(import.meta.dirname)
const complaints = [...new Set([...Object.keys(committed), ...Object.keys(measured)])].flatMap(movedOf)
if (readFileSync(join(folder, "gas.svg"), "utf8") !== draw(committed)) complaints.push("gas.svg is not drawn from results.json")
const others = JSON.parse(readFileSync(new URL("../results.json", import.meta.url), "utf8"))
if (readFileSync(join(folder, "RESULTS.md"), "utf8") !== report(others, committed))
  complaints.push("RESULTS.md is not made of the results.json files")
for (const complaint of complaints) console.error(complaint)
if (complaints.length > 0) console.error("Run npm run bench:gas, look at the difference and commit bench.")
process.exit(complaints.length > 0 ? 1 : 0)

function read(from: string): Record<string, Measured> {
  return JSON.parse(readFileSync(join(from, "results.json"), "utf8"))
}

function movedOf(flow: string): string[] {
  const [before, now] = [committed[flow], measured[flow]]
  if (!before || !now) return [`${flow} is ${now ? "measured, but not in the committed results.json" : "committed, but measured no more"}`]
  return (["gas", "calldataBytes", "items", "gasPerItem", "bytesPerItem"] as const)
    .filter((what) => Math.abs(now[what] - before[what]) > TOLERANCE * before[what])
    .map((what) => `${flow}: ${what} was ${before[what]}, is ${now[what]}: more than 2 % apart`)
}
