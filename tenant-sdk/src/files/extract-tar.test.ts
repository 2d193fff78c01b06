import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { pack } from "tar-stream"
import { BerthError } from "../errors.ts"
import { extractTar } from "./extract-tar.ts"

describe("files out of a stranger's tar", () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-tar-"))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it("are written with their folders", async () => {
    const tar = pack()
    tar.entry({ name: "out", type: "directory" })
    tar.entry({ name: "out/a.txt" }, "hello")
    tar.entry({ name: "b/c.txt" }, "deep")
    tar.finalize()
    const to = join(dir, "to")
    expect(await extractTar(tar, to, "/")).to.deep.equal([join(to, "out/a.txt"), join(to, "b/c.txt")])
    expect(readFileSync(join(to, "b/c.txt"), "utf8")).to.equal("deep")
  })

  it("stay inside the folder: names that leave it are an error, links are left out", async () => {
    const links = pack()
    links.entry({ name: "passwd", type: "symlink", linkname: "/etc/passwd" })
    links.entry({ name: "hard", type: "link", linkname: "../x" })
    links.finalize()
    expect(await extractTar(links, join(dir, "to"), "/")).to.deep.equal([])
    for (const name of ["../evil", "a/../../evil"]) {
      const tar = pack()
      tar.entry({ name }, "x")
      tar.finalize()
      const error = await extractTar(tar, join(dir, "to"), "/").catch((e) => e)
      expect(error).to.be.instanceOf(BerthError)
      expect(existsSync(join(dir, "evil"))).to.equal(false)
    }
  })

  it("are those that were asked for: a node adds none beside them", async () => {
    const send = (...names: string[]) => {
      const tar = pack()
      for (const name of names) tar.entry({ name }, "x")
      tar.finalize()
      return tar
    }
    const to = join(dir, "to")
    expect(await extractTar(send("out/a", "out/b/c"), to, "/work/out/")).to.have.length(2)
    expect(await extractTar(send("a.png"), to, "/work/out/a.png")).to.deep.equal([join(to, "a.png")])
    expect(await extractTar(send("./a"), to, "/work/out/."))
      .to.deep.equal([join(to, "a")])
      .and.to.have.length(1)
    const error = await extractTar(send("a.png", ".bashrc"), to, "/work/out/a.png").catch((e) => e)
    expect(error).to.be.instanceOf(BerthError)
    expect(existsSync(join(to, ".bashrc"))).to.equal(false)
  })
})
