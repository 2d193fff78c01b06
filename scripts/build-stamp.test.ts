import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { BuildStamp } from "./build-stamp.ts"

describe("build stamp", () => {
  let root: string
  let stamp: BuildStamp
  const built = { inputs: ["source.ts"], outputs: ["dist.js"] }
  /** Files of a minute ago, and a build since. */
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "berth-stamp-"))
    for (const name of ["source.ts", "dist.js"]) write(name, "1")
    stamp = new BuildStamp(root, join(root, "state/built.json"))
    stamp.keep(built, Date.now())
  })
  afterEach(() => rmSync(root, { recursive: true }))

  function write(name: string, text: string, secondsAgo = 60): void {
    writeFileSync(join(root, name), text)
    const then = Date.now() / 1_000 - secondsAgo
    utimesSync(join(root, name), then, then)
  }

  it("holds while nothing changes", () => expect(stamp.holds).equal(true))

  it("does not hold before the first build, nor once it was forgotten", () => {
    expect(new BuildStamp(root, join(root, "none.json")).holds).equal(false)
    stamp.forget()
    expect(stamp.holds).equal(false)
  })

  it("does not hold when its writer was killed in the middle", () => {
    for (const cut of ["", '{"source.ts":[1,']) {
      writeFileSync(join(root, "state/built.json"), cut)
      expect(stamp.holds).equal(false)
    }
  })

  for (const name of ["source.ts", "dist.js"]) {
    it(`does not hold when ${name} has other bytes of the same length`, () => {
      write(name, "2", 30)
      expect(stamp.holds).equal(false)
    })
    it(`does not hold when ${name} is gone`, () => {
      rmSync(join(root, name))
      expect(stamp.holds).equal(false)
    })
  }

  it("keeps nothing of a build while which a source was written", () => {
    stamp.forget()
    const began = Date.now()
    write("source.ts", "2", -1)
    stamp.keep(built, began)
    expect(stamp.holds).equal(false)
  })
})
