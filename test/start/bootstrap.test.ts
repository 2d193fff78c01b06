import { spawn } from "node:child_process"
import { once } from "node:events"
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { text } from "node:stream/consumers"
import { expect } from "chai"

const root = join(import.meta.dirname, "../..")

/** What lies in node_modules once an `npm ci` has ended, with this Node in the place of Node 24. */
const INSTALLED = `mkdir -p node_modules/node/bin node_modules/a node_modules/b
echo {} > node_modules/a/package.json
ln -sf ${process.execPath} node_modules/node/bin/node
sleep 7
cp installed.json node_modules/.package-lock.json`

const A_AND_B = { "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "2.0.0" } }

/** A checkout without packages, and an `npm` that takes its time and says nothing. */
describe("the first npm start", function () {
  this.timeout(60_000)
  let checkout: string

  beforeEach(() => {
    checkout = mkdtempSync(join(tmpdir(), "berth-bootstrap-"))
    for (const dir of ["scripts/start", "bin"]) mkdirSync(join(checkout, dir), { recursive: true })
    for (const file of globSync(join(root, "scripts/*.mjs"))) cpSync(file, join(checkout, "scripts", basename(file)))
    const native = { "node_modules/@nomicfoundation/edr-here": { optional: true } }
    lock("package-lock.json", { "": {}, ...A_AND_B, ...native, "node_modules/elsewhere": { optional: true, os: ["elsewhere"] } })
    lock("installed.json", { ...A_AND_B, ...native })
    writeFileSync(join(checkout, "scripts/start/main.ts"), 'console.log("it runs with", process.argv.slice(2).join())')
  })

  afterEach(() => rmSync(checkout, { recursive: true, force: true }))

  const lock = (file: string, packages: object) => writeFileSync(join(checkout, file), JSON.stringify({ packages }))
  const npm = (script: string) => writeFileSync(join(checkout, "bin/npm"), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const start = () =>
    spawn(process.execPath, [join(checkout, "scripts/start.mjs"), "--once"], {
      env: { ...process.env, PATH: `${join(checkout, "bin")}:${process.env.PATH}` },
      stdio: ["ignore", "pipe", "pipe"],
    })

  it("says every few seconds that npm ci goes on, how long, and how many packages are there", async () => {
    npm(INSTALLED)
    const child = start()
    const said = await text(child.stdout!)
    expect(said).match(
      /Installing the npm packages.*\n {3}… npm ci \(5 s so far, 1 of about 3 packages\)\n(.*\n)*Packages installed in \d+ s\.\n/,
    )
    expect(said).contain("it runs with --once")
    expect(said, "this is no terminal").not.contain("\r")
  })

  it("installs once, and again when the lock names other packages: not because git has touched the file", async () => {
    npm(INSTALLED.replace("sleep 7", ""))
    const installs = async () => (await text(start().stdout!)).includes("Installing the npm packages")
    expect(await installs()).equal(true)
    const later = new Date(Date.now() + 60_000)
    utimesSync(join(checkout, "package-lock.json"), later, later)
    expect(await installs()).equal(false)
    lock("package-lock.json", { ...A_AND_B, "node_modules/b": { version: "2.0.1" } })
    expect(await installs()).equal(true)
    lock("package-lock.json", { ...A_AND_B, "node_modules/c": { version: "1.0.0" } })
    expect(await installs()).equal(true)
    lock("installed.json", A_AND_B)
    expect(await installs()).equal(true)
    lock("package-lock.json", A_AND_B)
    expect(await installs(), "cut off before its last part").equal(true)
  })

  it("ends with npm's own words, and runs nothing, when npm ci fails", async () => {
    npm("echo no such registry >&2; exit 3")
    const child = start()
    const [said, complaints] = await Promise.all([text(child.stdout!), text(child.stderr!)])
    expect(child.exitCode ?? (await once(child, "exit"))[0]).equal(1)
    expect(complaints).contain("no such registry").and.contain("npm ci failed (exit 3)")
    expect(said).not.contain("it runs")
  })

  it("ends npm ci with itself when it is told to end", async () => {
    npm("echo $$ > pid; exec sleep 60")
    const child = start()
    const ended = once(child, "exit")
    while (!existsSync(join(checkout, "pid")) || !readFileSync(join(checkout, "pid"), "utf8"))
      await new Promise((resolve) => setTimeout(resolve, 50))
    child.kill("SIGTERM")
    expect(await ended).deep.equal([143, null])
    const pid = Number(readFileSync(join(checkout, "pid"), "utf8"))
    expect(() => process.kill(pid, 0)).throw("ESRCH")
  })
})
