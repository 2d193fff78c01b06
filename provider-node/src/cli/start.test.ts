import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { createKeystore } from "../keystore.ts"

describe("berth-node start", function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-start-"))
  after(() => rmSync(dir, { recursive: true, force: true }))

  it("told to stop while the engine keeps it waiting, it stops", async () => {
    const sockets: Socket[] = []
    const engine = createServer((socket) => sockets.push(socket)).listen(join(dir, "engine.sock"))
    await once(engine, "listening")
    const connected = once(engine, "connection")
    const child = spawn(process.execPath, [join(import.meta.dirname, "../main.ts"), "start", "--config", await configFile()], {
      stdio: ["ignore", "inherit", "inherit"],
    })
    const exited = once(child, "exit")
    try {
      await connected
      child.kill("SIGTERM")
      expect(await exited).deep.equal([0, null])
    } finally {
      child.kill("SIGKILL")
      for (const socket of sockets) socket.destroy()
      engine.close()
    }
  })

  /** A node's config; the chain that it names is not asked before the engine has answered. */
  async function configFile(): Promise<string> {
    const address = `0x${"11".repeat(20)}`
    const names = ["berth", "computeRecords", "reserve", "reservations", "verifiers"]
    const deployment = { chainId: 31_337, startBlock: 0, ...Object.fromEntries(names.map((name) => [name, address])) }
    writeFileSync(join(dir, "deployment.json"), JSON.stringify(deployment))
    writeFileSync(join(dir, "passphrase"), "test")
    await createKeystore(join(dir, "key.json"), "test", "light")
    const settings = { deployment: "deployment.json", dataDir: "node", keystore: "../key.json", passphraseFile: "passphrase" }
    const more = { rpcUrl: "http://127.0.0.1:9", engineSocket: join(dir, "engine.sock"), logLevel: "silent" }
    const lines = Object.entries({ ...settings, ...more }).map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    const offer = ["[[offers]]", 'class = "cpu/x86-64"', "count = 1", "price = 1000000"]
    writeFileSync(join(dir, "node.toml"), [...lines, 'listen = ["/ip4/127.0.0.1/tcp/0"]', ...offer].join("\n"))
    return join(dir, "node.toml")
  }
})
