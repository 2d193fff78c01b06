// `npm run coverage:contracts`: which lines and branches of contracts/src the contracts' tests reach. What it does: README.md here.
//   <mocha file>...   only these, nothing of Solidity's; results.json stays as it is
//   --mocha           all of mocha's, nothing of Solidity's; results.json stays
import { parseArgs } from "node:util"
import { layCopies, measure } from "./measure.ts"
import { report } from "./report.ts"

const { values, positionals } = parseArgs({ options: { mocha: { type: "boolean", default: false } }, allowPositionals: true })
const whole = !values.mocha && positionals.length === 0
// Hardhat's own coverage hands on what Solidity's tests send; it instruments nothing (hardhat-config.ts).
process.env.HARDHAT_COVERAGE = "true"
console.log("instrumenting and compiling")
const workplace = await layCopies()
console.log("running the tests")
report(await measure(workplace, positionals, whole), whole)
