// Loaded by Hardhat in the workplace that is the current directory. It says what was reached when the process ends.
import { readFileSync, writeFileSync } from "node:fs"
import { Collected, collecting } from "./collected.ts"

const collected = new Collected(JSON.parse(readFileSync("points.json", "utf8")))
process.on("exit", () => writeFileSync("reached.json", JSON.stringify(collected.reached())))
export default collecting(collected)
