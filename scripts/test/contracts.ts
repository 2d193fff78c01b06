// Runs the contracts' tests, mocha's and Solidity's, in this process, and writes their counts as the reporter does for the other groups.
// Not `hardhat test`: its own summary counts a skipped mocha test as passed.
import { existsSync, globSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import hre from "hardhat"
import { ticking } from "../engine/ticking.ts"
import { type Counts, checkCounts, failureLine, readCounts, writeCounts } from "./counts.ts"
import CountingReporter from "./reporter.ts"

const out = process.env.BERTH_TEST_COUNTS ?? join(tmpdir(), `berth-contract-tests-${process.pid}.json`)
const mochaOut = `${out}.mocha`

await ticking(console.log, "the contracts are compiled", hre.tasks.getTask("build").run({ quiet: true }))
const mocha = await runMocha()
const solidity = await runSolidity()
const counts: Counts = {
  passed: mocha.passed + solidity.passed,
  failed: mocha.failed + solidity.failed,
  skipped: mocha.skipped + solidity.skipped,
  skippedTitles: mocha.skippedTitles,
  failures: [...mocha.failures, ...solidity.failures],
}
writeCounts(out, counts)
console.log(`\ncontracts: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0)

async function runMocha(): Promise<Counts> {
  process.env.BERTH_TEST_COUNTS = mochaOut
  Object.assign(hre.config.test.mocha, { reporter: CountingReporter })
  // Named: left to itself Hardhat loads every .ts file, and test/model/long.ts plays its 10,000 days when loaded.
  await hre.tasks.getTask(["test", "mocha"]).run({ noCompile: true, testFiles: globSync("contracts/test/**/*.test.ts") })
  // Not a single mocha file: nothing was run, nothing was written.
  if (!existsSync(mochaOut)) return checkCounts({ passed: 0, failed: 0, skipped: 0 })
  const counted = readCounts(mochaOut)
  rmSync(mochaOut)
  return counted
}

interface SolidityTest {
  readonly name: string
  readonly status: string
  readonly reason?: string
}

async function runSolidity(): Promise<Counts> {
  const result = await ticking(console.log, "Solidity's tests", hre.tasks.getTask(["test", "solidity"]).run({ noCompile: true }), 15_000)
  // Its `summary` is left at zero when it prints one, so the suites' own results are counted.
  const { suiteResults } = result.success ? result.value : result.error
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] as string[] }
  for (const { name, status, reason } of suiteResults.flatMap((suite: { testResults: SolidityTest[] }) => suite.testResults)) {
    if (status === "Success") counts.passed++
    else if (status === "Skipped") counts.skipped++
    else counts.failures.push(failureLine(name, reason ?? status))
  }
  // A run that broke without a failing test has failed too.
  if (!result.success && counts.failures.length === 0) counts.failures.push("Solidity's tests: the run itself failed")
  counts.failed = counts.failures.length
  return checkCounts(counts)
}
