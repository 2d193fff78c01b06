import { execFileSync } from "node:child_process"
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"

const root = join(import.meta.dirname, "../..")

interface Locked {
  readonly optional?: boolean
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly hasInstallScript?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const locked = Object.entries(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages as Record<string, Locked>)

/** Whether `name`, needed by the package at `path`, is in the lock: in its folder or in one above it. */
function isLocked(path: string, name: string): boolean {
  const places = path.split("/node_modules/").map((_, i, parts) => parts.slice(0, i + 1).join("/node_modules/"))
  return ["", ...places.map((place) => `${place}/`)].some((place) => locked.some(([key]) => key === `${place}node_modules/${name}`))
}

describe("npm packages of the lock file", () => {
  it("none is for one platform alone, unless npm may leave it out on others: it would refuse the whole install there", () => {
    const bound = locked.filter(([, { os, cpu, libc }]) => os || cpu || libc)
    expect(bound).length.greaterThan(50)
    expect(bound.filter(([, { optional }]) => !optional).map(([path]) => path)).deep.equal([])
  })

  it("hold every platform's part of what they need: a registry with gaps leaves the others' out without a word", () => {
    const missing = locked.flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !isLocked(path, name))
        .map((name) => `${name} of ${path}`),
    )
    expect(missing).deep.equal([])
  })

  it("may run a script at their installation, or may not: newer npm runs none that package.json does not speak of", () => {
    const { allowScripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { allowScripts?: Record<string, boolean> }
    const names = new Set(
      locked.flatMap(([path, { hasInstallScript }]) => (path && hasInstallScript ? path.split("node_modules/").at(-1)! : [])),
    )
    expect(Object.keys(allowScripts ?? {}).sort()).deep.equal([...names].sort())
    expect(allowScripts).include({ node: true })
  })
})

describe("npm ci under Node 20", function () {
  this.timeout(60_000)
  let project: string
  const part = () => join(project, "node_modules/native-part/package.json")
  const npm = (...args: string[]) => execFileSync("npm", [...args, "--offline"], { cwd: project, encoding: "utf8", stdio: "pipe" })
  const write = (file: string, content: object) => writeFileSync(join(project, file), JSON.stringify(content))

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), "berth-packages-"))
    mkdirSync(join(project, "native-part"))
    write("native-part/package.json", { name: "native-part", version: "1.0.0", engines: { node: ">= 22" } })
    npm("pack", "./native-part")
    const scripts = { postinstall: `node ${join(root, "scripts/bootstrap-optional.mjs")}` }
    write("package.json", { name: "a", version: "1.0.0", scripts, optionalDependencies: { "native-part": "file:native-part-1.0.0.tgz" } })
    npm("install", "--ignore-scripts")
    // What npm of Node 20 does without a word.
    rmSync(join(project, "node_modules/native-part"), { recursive: true })
  })

  afterEach(() => rmSync(project, { recursive: true, force: true }))

  it("brings the native parts that ask for Node 22 as well, once Node 24 is there", () => {
    npm("run", "postinstall", "--user-agent=npm/10.8.2 node/v20.20.2 linux x64")
    expect(existsSync(part())).equal(true)
  })

  it("under a Node that npm leaves nothing out for, it is done already", () => {
    npm("run", "postinstall", "--user-agent=npm/11.0.0 node/v22.0.0 linux x64")
    expect(existsSync(part())).equal(false)
  })
})
