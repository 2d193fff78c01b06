// One run of the contracts' tests, in the workplace that is the current directory:
//   suite.ts build | suite.ts mocha <result.json> <bail|all> <titles left out> <file>... | suite.ts solidity <result.json>
// Writes a SuiteResult and exits 0 whether tests fail or not; anything else is no answer.
import { writeFileSync } from "node:fs"
import { relative } from "node:path"
import hre from "hardhat"
import Mocha from "mocha"
import type { SuiteResult } from "./workplace.ts"

const [kind, out, ...args] = process.argv.slice(2)
const result: SuiteResult = { passed: 0, failed: [], durations: {} }
if (kind === "build") await hre.tasks.getTask("build").run({ quiet: true })
else if (kind === "mocha") await mocha(args[0] === "bail", args[1]!, args.slice(2))
else await solidity()
if (kind !== "build") writeFileSync(out!, JSON.stringify(result))
process.exit(0)

async function mocha(bail: boolean, grepExclude: string, files: string[]): Promise<void> {
  let last = performance.now()
  class Reporter extends Mocha.reporters.Base {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
      super(runner, options)
      const ended = (test: Mocha.Runnable): string => {
        const file = relative(process.cwd(), test.file ?? test.parent?.file ?? "unknown")
        const now = performance.now()
        result.durations[file] = (result.durations[file] ?? 0) + now - last
        last = now
        return file
      }
      runner.on(Mocha.Runner.constants.EVENT_TEST_PASS, (test) => {
        ended(test)
        result.passed++
      })
      runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error) => {
        const reason = String(error?.message ?? error)
          .split("\n")[0]!
          .slice(0, 200)
        result.failed.push({ test: `${ended(test)}: ${test.fullTitle()}`, reason })
      })
    }
  }
  Object.assign(hre.config.test.mocha, { reporter: Reporter })
  await hre.tasks.getTask(["test", "mocha"]).run({ noCompile: true, testFiles: files, bail, ...(grepExclude && { grepExclude }) })
}

async function solidity(): Promise<void> {
  try {
    await hre.tasks.getTask("build").run({ quiet: true })
  } catch (error) {
    if (!String(error).includes("HHE910")) throw error
    result.notCompiled = true
    return
  }
  const run = await hre.tasks.getTask(["test", "solidity"]).run({ noCompile: true })
  const { suiteResults } = run.success ? run.value : run.error
  for (const { id, testResults } of suiteResults) {
    for (const { name, status, reason } of testResults) {
      if (status === "Success") result.passed++
      else if (status !== "Skipped") result.failed.push({ test: `${id.name}: ${name}`, reason: String(reason ?? "").slice(0, 200) })
    }
  }
  if (result.passed + result.failed.length === 0) throw new Error("No Solidity test ran")
}
