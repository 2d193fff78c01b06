// `npm run bench`: every benchmark in a process of its own, one after the other; writes results.json and RESULTS.md. `-- receipts memory` runs only those
// and keeps the other figures of results.json.
import { fork } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { measureFirstLog } from "./first-log.ts"
import { measureMemory } from "./memory.ts"
import { measureReceipts } from "./receipts.ts"
import { measureStart } from "./start.ts"
import { machineNow } from "./support/report.ts"
import { writeReport } from "./support/write-report.ts"
import { measureVisible } from "./visible.ts"

const BENCHES: Readonly<Record<string, () => Promise<object>>> = {
  receipts: measureReceipts,
  firstLog: measureFirstLog,
  visible: measureVisible,
  memory: measureMemory,
  start: measureStart,
}

const [option, one] = process.argv.slice(2)
if (option === "--one") {
  process.send!(await BENCHES[one!]!())
  process.disconnect!()
} else await all(process.argv.slice(2))

async function all(names: readonly string[]): Promise<void> {
  const unknown = names.find((name) => !(name in BENCHES))
  if (unknown) {
    console.error(`There is no benchmark ${unknown}: ${Object.keys(BENCHES).join(", ")}`)
    process.exit(1)
  }
  const file = new URL("results.json", import.meta.url)
  const former = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {}
  const results: Record<string, object> = former
  // Before the first: what is written here would look like a change of the sources.
  const taken = machineNow()
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    console.log(`${name} ...`)
    results[name] = { ...(await inOwnProcess(name)), ...taken }
    console.dir(results[name], { depth: 4 })
    writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`)
  }
  console.log(writeReport())
}

/** A fresh heap and event loop for each. */
async function inOwnProcess(name: string): Promise<object> {
  const child = fork(import.meta.filename, ["--one", name])
  let result: object | undefined
  child.on("message", (message) => {
    result = message as object
  })
  const [code] = await once(child, "exit")
  if (code !== 0 || result === undefined) throw new Error(`benchmark ${name} ended with code ${code}`)
  return result
}
