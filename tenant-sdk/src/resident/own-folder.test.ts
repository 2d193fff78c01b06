import { chmodSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { connectAgent } from "./connect.ts"
import { ownFolder } from "./own-folder.ts"

describe("the folder of the agent's socket", () => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-own-"))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  it("is made for its owner alone", () => {
    const path = join(dir, "a", "b")
    ownFolder(path)
    ownFolder(path)
    expect(statSync(path).mode & 0o777).to.equal(0o700)
  })

  it("is refused, by who serves and by who calls, when somebody else could have put a socket there", async () => {
    chmodSync(dir, 0o777)
    expect(() => ownFolder(dir)).to.throw("others may write")
    const error = await connectAgent({ socket: join(dir, "agent.sock") }).catch((e) => e)
    expect(error.code).to.equal("unauthorized")
    symlinkSync("/", join(dir, "link"))
    expect(() => ownFolder(join(dir, "link"))).to.throw("others may write")
  })
})
