import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { pino } from "pino"
import { askNode } from "./client.ts"
import { controlPath, ownSocketFolder } from "./path.ts"
import { serveControl } from "./server.ts"

describe("the control socket", () => {
  const dir = mkdtempSync(join(tmpdir(), "berth-control-"))
  after(() => rmSync(dir, { recursive: true, force: true }))

  it("is found from a data directory whose path is too long for a socket", async () => {
    const dataDir = join(dir, "d".repeat(120))
    mkdirSync(dataDir)
    const path = controlPath(dataDir)
    const stop = await serveControl(path, async ({ ask }) => ({ ask }), pino({ level: "silent" }))
    expect(await askNode(dataDir, { ask: "undrain" })).deep.equal({ ask: "undrain" })
    expect(statSync(path).mode & 0o777).equal(0o600)
    await stop()
  })

  it("is not made in a folder that others may write to", () => {
    const open = join(dir, "open")
    mkdirSync(open)
    chmodSync(open, 0o777)
    expect(() => ownSocketFolder(join(open, "0123456789abcdef.sock"))).throw("Others may write to")
  })
})
