import { execFileSync, spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { pathToFileURL } from "node:url"
import { expect } from "chai"
import { needProgram } from "../../scripts/engine/install.ts"

const root = join(import.meta.dirname, "../..")

/** What a program with a screen prints, without a terminal. */
async function printed(dir: string, play: string): Promise<string> {
  const screen = pathToFileURL(join(root, "scripts/start/screen.ts")).href
  const script = `import { Screen } from ${JSON.stringify(screen)}
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const screen = new Screen(${JSON.stringify(join(dir, "log"))})
    ${play}
    screen.close()`
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] })
  return text(child.stdout)
}

describe("progress is shown all along", function () {
  this.timeout(60_000)
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-screen-"))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  it("while something is waited for by name", async () => {
    expect(await printed(dir, `await screen.during("the chain starts", sleep(8_000))`)).match(/… the chain starts \(\d+ s so far\)\n/)
  })

  it("and while nobody said what is waited for, by the step", async () => {
    const play = `screen.step("4  The day ends"); screen.say("moved"); await screen.during("quick", sleep(1)); await sleep(8_000)`
    expect(await printed(dir, play)).match(/ {3}moved\n {3}… The day ends \(\d+ s so far\)\n/)
  })

  it("not any more once it only stays up; then again while it stops", async () => {
    const play = `screen.step("5  It stays up"); screen.rest(); await sleep(8_000); await screen.during("stopping", sleep(7_500))`
    expect(await printed(dir, play)).match(/^\n5 {2}It stays up\n( {3}… stopping \(\d+ s so far\)\n)+$/)
  })

  it("by apt-get, which says nothing itself", async function () {
    if (process.platform !== "linux" || process.getuid?.() !== 0) return this.skip() // nobody else's programs are installed
    const script = `#!/bin/sh\ncase $1 in update) sleep 6;; install) sleep 1; ln -s /bin/true ${dir}/a-program;; esac\n`
    writeFileSync(join(dir, "apt-get"), script, { mode: 0o755 })
    const { PATH } = process.env
    process.env.PATH = `${dir}:${PATH}`
    const said: string[] = []
    try {
      const found = await needProgram("a-program", "a-package", { install: true, log: (line) => said.push(line) })
      expect(found).equal(join(dir, "a-program"))
    } finally {
      process.env.PATH = PATH
    }
    expect(said[0]).contain("installing Debian's a-package")
    expect(said[1]).match(/^… apt-get update \(\d+ s so far\)$/)
  })

  it("by the tests, of one that takes long", () => {
    const test = join(dir, "slow.test.mjs")
    const reporter = join(root, "scripts/test/reporter.ts")
    const source = `describe("a room", () => it("is slow", function (done) { this.timeout(60_000); setTimeout(done, 11_000) }))`
    writeFileSync(test, source)
    // What it counts would be taken for what this run counts, and this run for one that is over.
    expect(process.env).not.property("BERTH_TEST_COUNTS")
    const said = execFileSync(process.execPath, [join(root, "node_modules/mocha/bin/mocha.js"), "--reporter", reporter, test], {
      encoding: "utf8",
    })
    expect(said).match(/… a room is slow \(\d+ s so far\)\n/)
  })
})
