import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { type Header, pack } from "tar-stream"
import { BerthError } from "../errors.ts"
import { type ExtractLimits, extractTar } from "./extract-tar.ts"

const MIB = 2 ** 20

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

  /** All that lies below the folder, files in parts too. */
  const left = () => (readdirSync(dir, { recursive: true }) as string[]).sort()

  async function refused(tar: AsyncIterable<unknown>, limits: ExtractLimits): Promise<BerthError> {
    const error = await extractTar(tar, join(dir, "to"), "/", limits).then(
      (files) => expect.fail(`it wrote ${files.length} files`),
      (e) => e,
    )
    expect(error).to.be.instanceOf(BerthError)
    return error
  }

  /** Counts what was drawn from it: a stranger who sends for ever. */
  function endless(head: Uint8Array, body: Uint8Array) {
    const sent = { bytes: 0, ended: false }
    async function* source() {
      try {
        for (let part = head; ; part = body) {
          sent.bytes += part.length
          yield part
        }
      } finally {
        sent.ended = true
      }
    }
    return { source: source(), sent }
  }

  async function headOf(header: Partial<Header> & Pick<Header, "name">): Promise<Uint8Array> {
    const tar = pack()
    tar.entry(header, () => {})
    for await (const part of tar) return part as Uint8Array
    return expect.fail("a pack begins with a head")
  }

  it("a file above the limit is refused by its head: nothing of it is written, what was complete stays and is named", async () => {
    const tar = pack()
    tar.entry({ name: "small" }, "x".repeat(5_000))
    tar.entry({ name: "large" }, Buffer.alloc(3 * MIB))
    tar.finalize()
    const error = await refused(tar, { maxBytes: 2 * MIB })
    expect(error).to.include({ code: "too_large" })
    expect(error.message).to.include("large").and.include("2.0 MiB")
    expect(error.hint).to.include("1 complete file stays").and.include(join(dir, "to")).and.include("--max-size")
    expect(left()).to.deep.equal(["to", "to/small"])
  })

  it("many small files and folders take whole blocks, and count so", async () => {
    const tar = pack()
    for (let i = 0; i < 1_000; i++) tar.entry({ name: `f${i}` }, "x")
    tar.finalize()
    expect(await refused(tar, { maxBytes: MIB })).to.include({ code: "too_large" })
    expect(left().length).to.be.within(100, 257)
    const deep = pack()
    deep.entry({ name: `${"d/".repeat(500)}f` }, "x")
    deep.finalize()
    expect(await refused(deep, { maxBytes: MIB })).to.include({ code: "too_large" })
    expect(left().length, "a name of 500 folders makes no more of them than the limit holds").to.be.below(600)
  })

  it("an endless stream of anything ends: links, empty files under one name, the zeros after the end", async () => {
    const link = await headOf({ name: "l", type: "symlink", linkname: "/etc" })
    const empty = await headOf({ name: "e", size: 0 })
    for (const [head, body] of [
      [link, link],
      [empty, empty],
      [new Uint8Array(65_536), new Uint8Array(65_536)],
    ] as const) {
      const { source, sent } = endless(head, body)
      expect(await refused(source, { maxBytes: 4 * MIB })).to.include({ code: "too_large" })
      expect(sent.bytes).to.be.at.most(21 * MIB)
      expect(sent.ended, "the sender is hung up on").to.equal(true)
    }
  })

  it("what would leave too little of the disk is refused, before and while it is written; a file that was there stays as it was", async () => {
    mkdirSync(join(dir, "to"))
    writeFileSync(join(dir, "to/a"), "mine")
    const { bavail, bsize } = statfsSync(dir)
    const tar = pack()
    tar.entry({ name: "a" }, Buffer.alloc(MIB))
    tar.finalize()
    const before = await refused(tar, { keepFree: bavail * bsize * 2 })
    expect(before).to.include({ code: "no_space" })
    expect(before.message).to.include("free")
    // Somebody else fills the disk while a file of 1 GiB, which is allowed, comes in.
    let keepFree = 0
    const { source, sent } = endless(await headOf({ name: "a", size: 2 ** 30 }), new Uint8Array(MIB))
    const limits: ExtractLimits = {
      get keepFree() {
        if (sent.bytes > 150 * MIB) keepFree = Number.MAX_SAFE_INTEGER
        return keepFree
      },
    }
    expect(await refused(source, limits)).to.include({ code: "no_space" })
    expect(sent.bytes).to.be.within(150 * MIB, 300 * MIB)
    expect(left(), "and no part of one").to.deep.equal(["to", "to/a"])
    expect(readFileSync(join(dir, "to/a"), "utf8")).to.equal("mine")
  })

  it("a stream that breaks off leaves complete files and no part of one", async () => {
    mkdirSync(join(dir, "to"))
    writeFileSync(join(dir, "to/b"), "mine")
    const whole = pack()
    whole.entry({ name: "a" }, "complete")
    whole.entry({ name: "b" }, Buffer.alloc(MIB))
    whole.finalize()
    const parts: Buffer[] = []
    for await (const part of whole) parts.push(part as Buffer)
    const bytes = Buffer.concat(parts).subarray(0, MIB / 2)
    async function* broken() {
      yield bytes
      throw new BerthError("unreachable", "the node went away")
    }
    async function* short() {
      yield bytes
    }
    for (const source of [broken(), short()]) {
      const error = await extractTar(source, join(dir, "to"), "/").catch((e) => e)
      expect(error).to.be.instanceOf(BerthError)
      expect(error.code).to.be.oneOf(["unreachable", "malformed"])
      expect(left()).to.deep.equal(["to", "to/a", "to/b"])
      expect(readFileSync(join(dir, "to/b"), "utf8")).to.equal("mine")
    }
  })
})
