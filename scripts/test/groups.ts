import { existsSync, globSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** What must be on the machine: a container engine, Debian's PostgreSQL. */
export type Need = "engine" | "postgres"

/** Tests that run in one process of their own. */
export interface Group {
  readonly name: string
  /** Arguments for Node. */
  readonly args: readonly string[]
  readonly needs: readonly Need[]
  /** After this the group is ended and has failed. */
  readonly limitMs: number
}

const MINUTE = 60_000

/** Every group of `npm test`, cheap ones first. A group without a test file yet is left out here, not skipped silently: it does not exist. */
export function allGroups(): Group[] {
  const groups = [
    mochaGroup("scripts", ["scripts/**/*.test.ts"], 15 * MINUTE, ["engine"]),
    mochaGroup("protocol", ["protocol/src/**/*.test.ts"], 3 * MINUTE, []),
    contractsGroup(),
    mochaGroup("sdk", ["tenant-sdk/src/**/*.test.ts"], 5 * MINUTE, []),
    mochaGroup("node", ["provider-node/src/**/*.test.ts"], 40 * MINUTE, ["engine"]),
    mochaGroup("indexer", ["indexer/test/**/*.test.ts"], 15 * MINUTE, ["postgres"]),
    mochaGroup("together", ["test/**/*.test.ts"], 50 * MINUTE, ["engine"]),
  ]
  return groups.filter((group) => group !== undefined)
}

/** What `npm test` leaves out, and the command that runs it. */
export const LEFT_OUT: readonly string[] = [
  "the long form of the kill tests, at least 50 kills of node and agent each, and two minutes without RPC: npm run test:faults",
  "metering over 60 s (24 s were measured): BERTH_METER_SECONDS=60 mocha provider-node/src/lease/metering.test.ts",
  "the contracts against their model on 10,000 random days (90 were played): npm run test:model",
  "the invariants in 1,000 runs of 200 calls (8 of 100 were made): INVARIANT_RUNS=1000 INVARIANT_DEPTH=200 hardhat test solidity --no-compile contracts/test/invariants/BerthInvariants.t.sol",
  "mutants of the contracts: npm run test:mutation",
  "that each trap's test and each invariant can fail: npm run test:traps",
  "lines and branches that the contracts' tests reach: npm run coverage:contracts",
  "the benchmarks: npm run bench",
  "compiling the core's verification input once more: BERTH_VERIFY_CORE=1 mocha scripts/deploy/verification.test.ts",
]

function mochaGroup(name: string, patterns: readonly string[], limitMs: number, needs: readonly Need[]): Group | undefined {
  const files = globSync([...patterns], { cwd: root, exclude: ["**/node_modules/**"] }).sort()
  if (files.length === 0) return undefined
  const mocha = join(root, "node_modules/mocha/bin/mocha.js")
  const reporter = join(root, "scripts/test/reporter.ts")
  return { name, limitMs, needs, args: [mocha, "--forbid-only", "--reporter", reporter, ...files] }
}

function contractsGroup(): Group | undefined {
  if (!existsSync(join(root, "hardhat.config.ts"))) return undefined
  return { name: "contracts", limitMs: 15 * MINUTE, needs: [], args: [join(root, "scripts/test/contracts.ts")] }
}
