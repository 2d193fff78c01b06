import { existsSync, globSync } from "node:fs"
import { join, matchesGlob } from "node:path"

const root = join(import.meta.dirname, "../..")

/** What must be on the machine: a container engine, Debian's PostgreSQL. */
export type Need = "engine" | "postgres"

/** Tests of a group that run in one process of their own, beside those of other parts. */
export interface Part {
  /** The group's, and which of its tests. */
  readonly name: string
  /** Arguments for Node. */
  readonly args: readonly string[]
  /** After this the part is ended and has failed. */
  readonly limitMs: number
  /** What it took on two cores, for itself. Longer ones are started first, so that all end together; nothing else depends on it. */
  readonly seconds: number
  /** Measures something that whoever runs beside it would change: runs when all others are over. */
  readonly quiet?: boolean
  /** Writes or reads what Hardhat compiles: no two of these at a time. */
  readonly compiles?: boolean
}

/** Tests that are run by one name. */
export interface Group {
  readonly name: string
  readonly parts: readonly Part[]
  readonly needs: readonly Need[]
}

/** Which of a group's files are a part: those that match and are in no part before it. */
type Cut = Pick<Part, "seconds" | "quiet" | "compiles"> & { readonly name?: string; readonly files: string }

const MINUTE = 60_000

/** Every group of `npm test`. A group without a test file yet is left out here, not skipped silently: it does not exist. */
export function allGroups(): Group[] {
  const groups = [
    contractsGroup(),
    mochaGroup(
      "scripts",
      15,
      ["engine"],
      [
        { name: "deploy", files: "scripts/deploy/**", seconds: 85, compiles: true },
        { files: "scripts/**", seconds: 35 },
      ],
    ),
    mochaGroup("protocol", 3, [], [{ files: "protocol/src/**", seconds: 7 }]),
    mochaGroup("sdk", 5, [], [{ files: "tenant-sdk/src/**", seconds: 40 }]),
    mochaGroup(
      "node",
      40,
      ["engine"],
      [
        { name: "metering", files: "provider-node/src/lease/metering.test.ts", seconds: 45, quiet: true },
        { name: "disk", files: "provider-node/src/disk/**", seconds: 125 },
        { name: "books", files: "provider-node/src/books/**", seconds: 225 },
        { name: "runner", files: "provider-node/src/runner/**", seconds: 90 },
        { name: "p2p", files: "provider-node/src/{p2p,recorder}/**", seconds: 115 },
        { files: "provider-node/src/**", seconds: 160 },
      ],
    ),
    mochaGroup(
      "indexer",
      15,
      ["postgres"],
      [
        { name: "reservations", files: "indexer/test/reservations.test.ts", seconds: 75 },
        { files: "indexer/test/**", seconds: 120 },
      ],
    ),
    mochaGroup(
      "together",
      50,
      ["engine"],
      [
        { name: "start", files: "test/start/**", seconds: 190 },
        { name: "kills", files: "test/faults/{kills,controls,reserved-days,ordered-work}.test.ts", seconds: 200 },
        { name: "faults", files: "test/faults/**", seconds: 330 },
        { name: "fraud", files: "test/fraud/**", seconds: 90 },
        { files: "test/**", seconds: 140 },
      ],
    ),
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

function mochaGroup(name: string, minutes: number, needs: readonly Need[], cuts: readonly Cut[]): Group | undefined {
  let files = globSync(
    cuts.map((cut) => (cut.files.endsWith("**") ? `${cut.files}/*.test.ts` : cut.files)),
    { cwd: root, exclude: ["**/node_modules/**"] },
  ).sort()
  if (files.length === 0) return undefined
  const mocha = join(root, "node_modules/mocha/bin/mocha.js")
  const reporter = join(root, "scripts/test/reporter.ts")
  const parts = cuts.map(({ name: part, files: pattern, ...more }): Part => {
    const mine = files.filter((file) => matchesGlob(file, pattern))
    if (mine.length === 0) throw new Error(`scripts/test/groups.ts: no test is left for ${pattern}`)
    files = files.filter((file) => !mine.includes(file))
    const args = [mocha, "--forbid-only", "--reporter", reporter, ...mine]
    return { ...more, name: part ? `${name}/${part}` : name, args, limitMs: minutes * MINUTE }
  })
  return { name, needs, parts }
}

function contractsGroup(): Group | undefined {
  if (!existsSync(join(root, "hardhat.config.ts"))) return undefined
  const args = [join(root, "scripts/test/contracts.ts")]
  return { name: "contracts", needs: [], parts: [{ name: "contracts", args, limitMs: 30 * MINUTE, seconds: 300, compiles: true }] }
}
