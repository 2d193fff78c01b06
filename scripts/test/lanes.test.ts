import { appendFileSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import type { Counts } from "./counts.ts"
import { allGroups, type Part } from "./groups.ts"
import { Lanes, usualWidth } from "./lanes.ts"

const root = join(import.meta.dirname, "../..")

describe("parts of the tests beside each other", function () {
  this.timeout(60_000)
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-lanes-"))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  /** A runner that writes down when it begins and ends, and counts one test as passed. */
  const part = (name: string, more: Partial<Part> = {}, play = ""): Part => {
    const script = `const { appendFileSync, writeFileSync } = require("node:fs")
      const note = (what) => appendFileSync(${JSON.stringify(join(dir, "log"))}, what + "${name} ")
      note("+")
      ${play}
      setTimeout(() => {
        console.log("line 1 of ${name}")
        console.error("line 2 of ${name}")
        note("-")
        const counts = { passed: 1, failed: 0, skipped: 0, skippedTitles: [], failures: [] }
        writeFileSync(process.env.BERTH_TEST_COUNTS, JSON.stringify(counts))
      }, 500)`
    return { name, args: ["-e", script], limitMs: 30_000, seconds: 1, ...more }
  }

  async function run(width: number, parts: readonly Part[]) {
    appendFileSync(join(dir, "log"), "")
    let said = ""
    const ended: Record<string, Counts> = {}
    const say = (text: string) => {
      said += `${text}\n`
    }
    const keep = ({ name }: Part, counts: Counts) => {
      ended[name] = counts
    }
    await new Lanes(parts, { width, say, ended: keep }).run()
    const events = readFileSync(join(dir, "log"), "utf8").trim().split(" ")
    /** The most that ran at a time, of those named. */
    const most = (names: string) => {
      let [now, top] = [0, 0]
      for (const event of events.filter(([, name]) => names.includes(name!))) {
        now += event.startsWith("+") ? 1 : -1
        top = Math.max(top, now)
      }
      return top
    }
    return { said, ended, events, most }
  }

  it("run as many at a time as there are lanes, the longest first, and each is shown in one piece", async () => {
    const { said, ended, events, most } = await run(2, [part("a"), part("b", { seconds: 3 }), part("c", { seconds: 2 }), part("d")])
    expect(most("abcd")).equal(2)
    expect(events.slice(0, 2).sort()).deep.equal(["+b", "+c"])
    for (const name of "abcd") {
      expect(said).contain(`\n=== ${name}\nline 1 of ${name}\nline 2 of ${name}\n=== ${name}: 1 passed, 0 failed, 0 skipped, `)
      expect(ended[name]).include({ passed: 1, failed: 0 })
    }
  })

  it("of those that compile one at a time, and one that must have it quiet alone, when all others are over", async () => {
    const compiles = { compiles: true }
    const { events, most } = await run(3, [part("q", { quiet: true, seconds: 9 }), part("a", compiles), part("b", compiles), part("c")])
    expect(most("ab")).equal(1)
    expect(most("abc")).equal(2)
    expect(events.slice(-2)).deep.equal(["+q", "-q"])
  })

  it("one that cannot be counted has failed, and the others go on", async () => {
    const { ended } = await run(2, [part("a", {}, "process.exit(0)"), part("b", {}, "process.exit(3)"), part("c")])
    expect(ended.a).include({ passed: 0, failed: 1 })
    expect(ended.b).include({ passed: 0, failed: 1 })
    expect(ended.c).include({ passed: 1, failed: 0 })
  })

  it("have every test file, once", () => {
    const inParts = allGroups().flatMap(({ parts }) => parts.flatMap(({ args }) => args.filter((arg) => arg.endsWith(".test.ts"))))
    const rooms = "{scripts,protocol/src,tenant-sdk/src,provider-node/src,indexer/test,test}"
    expect(inParts.toSorted()).deep.equal(globSync(`${rooms}/**/*.test.ts`, { cwd: root }).sort())
  })

  it("are refused a number of lanes that is none", () => {
    expect(usualWidth("2")).equal(2)
    for (const wrong of ["0", "1.5", "many"]) expect(() => usualWidth(wrong)).throw("BERTH_TEST_LANES is")
  })
})
