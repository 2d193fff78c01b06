// One run of the contracts' tests, in the workplace that is the current directory:
//   suite.ts build | suite.ts mocha <result.json> <MochaOptions> | suite.ts solidity <result.json> <SolidityOptions>
// Writes a SuiteResult and exits 0 whether tests fail or not; anything else is no answer.
import { writeFileSync } from "node:fs"
import { relative } from "node:path"
import hre from "hardhat"
import Mocha from "mocha"
import type { MochaOptions, SolidityOptions, SuiteResult } from "./workplace.ts"

const [kind, out, options] = process.argv.slice(2)
const result: SuiteResult = { passed: [], failed: [], durations: {} }
if (kind === "build") await hre.tasks.getTask("build").run({ quiet: true })
else if (kind === "mocha") await mocha(JSON.parse(options!))
else await solidity(JSON.parse(options!))
if (kind !== "build") writeFileSync(out!, JSON.stringify(result))
process.exit(0)

async function mocha({ files, bail, grep, grepExclude }: MochaOptions): Promise<void> {
  let last = performance.now()
  class Reporter extends Mocha.reporters.Base {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
      super(runner, options)
      const ended = (test: Mocha.Runnable): string => {
        const file = relative(process.cwd(), test.file ?? test.parent?.file ?? "unknown")
        const now = performance.now()
        result.durations[file] = (result.durations[file] ?? 0) + now - last
        last = now
        return `${file}: ${test.fullTitle()}`
      }
      runner.on(Mocha.Runner.constants.EVENT_TEST_PASS, (test) => {
        result.passed.push(ended(test))
      })
      runner.on(Mocha.Runner.constants.EVENT_TEST_FAIL, (test, error) => {
        const reason = String(error?.message ?? error)
          .split("\n")[0]!
          .slice(0, 200)
        result.failed.push({ test: ended(test), reason })
      })
    }
  }
  Object.assign(hre.config.test.mocha, { reporter: Reporter })
  const titles = { ...(grep && { grep }), ...(grepExclude && { grepExclude }) }
  await hre.tasks.getTask(["test", "mocha"]).run({ noCompile: true, testFiles: files, bail, ...titles })
}

async function solidity({ noCompile, files, grep }: SolidityOptions): Promise<void> {
  try {
    if (!noCompile) await hre.tasks.getTask("build").run({ quiet: true })
  } catch (error) {
    if (!String(error).includes("HHE910")) throw error
    result.notCompiled = true
    return
  }
  const run = await hre.tasks.getTask(["test", "solidity"]).run({ noCompile: true, testFiles: files ?? [], ...(grep && { grep }) })
  const { suiteResults } = run.success ? run.value : run.error
  for (const { id, testResults } of suiteResults) {
    for (const { name, status, reason } of testResults) {
      const test = `${id.name}: ${name}`
      if (status === "Success") result.passed.push(test)
      else if (status !== "Skipped") result.failed.push({ test, reason: String(reason ?? "").slice(0, 200) })
    }
  }
  if (result.passed.length + result.failed.length === 0) throw new Error("No Solidity test ran")
}
