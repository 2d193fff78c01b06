import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { expect } from "chai"
import { callEngine } from "./api.ts"
import { isAlive } from "./claims.ts"
import { startDockerd } from "./dockerd.ts"
import { findEngine } from "./engine.ts"
import { BUSYBOX_IMAGE, buildBusyboxImage, buildWorkloadImage, DIGITS_IMAGE } from "./images.ts"
import { findProgram, needProgram } from "./install.ts"

const quiet = () => {}
const mayOwn = process.platform === "linux" && process.getuid?.() === 0 && findProgram("dockerd") !== null

function commandsWith(word: string): string {
  return execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(word))
    .join("\n")
}

describe("The engine of npm start and npm test", function () {
  this.timeout(90_000)

  it("says what to install instead of installing it unasked", async () => {
    const error = await needProgram("no-such-program", "no-such-package", { install: false, log: quiet }).catch((reason) => reason as Error)
    expect((error as Error).message).to.match(/no-such-program.*no-such-package/)
  })

  it("starts its own, takes over what a killed run left, and leaves no process", async function () {
    if (!mayOwn) return this.skip()
    const dataDir = mkdtempSync(join(tmpdir(), "berth-engine-with-a-rather-long-name-beyond-what-a-socket-may-have-".padEnd(100, "x")))
    const options = { program: findProgram("dockerd")!, dataDir, log: quiet, network: false }
    try {
      // A run of its own that ends without stopping its engine, as one killed by SIGKILL does.
      const script = `import { startDockerd } from ${JSON.stringify(fileURLToPath(new URL("./dockerd.ts", import.meta.url)))}
        const { pid } = await startDockerd({ ...${JSON.stringify({ ...options, log: undefined })}, log() {} })
        console.log(pid); process.kill(process.pid, "SIGKILL")`
      let said = ""
      try {
        execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] })
      } catch (error) {
        said = (error as { stdout: string }).stdout
      }
      const own = await startDockerd(options)
      expect(own.pid).to.equal(Number(said))
      expect(own.socketPath.length).to.be.below(108)
      const image = await buildBusyboxImage({ socketPath: own.socketPath, install: false, log: quiet })
      const body = { Image: image, Cmd: ["sleep", "300"], HostConfig: { NetworkMode: "none", Init: true } }
      const { Id } = JSON.parse(await callEngine({ socketPath: own.socketPath, method: "POST", path: "/containers/create", json: body }))
      await callEngine({ socketPath: own.socketPath, method: "POST", path: `/containers/${Id}/start` })
      // Killed too, with a container running: the next one must still come up, and stop must leave nothing.
      process.kill(own.pid, "SIGKILL")
      while (isAlive(own.pid) && readFileSync(`/proc/${own.pid}/stat`, "utf8").split(" ")[2] !== "Z")
        await new Promise((resolve) => setTimeout(resolve, 20))
      const again = await startDockerd(options)
      expect(again.pid).not.to.equal(own.pid)
      await again.stop()
      await own.stop()
      expect(commandsWith(dataDir)).to.equal("")
      expect(commandsWith(own.socketPath.replace(/docker.sock$/, ""))).to.equal("")
      expect(readFileSync("/proc/mounts", "utf8")).not.to.include(dataDir)
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })

  it("kills one that hangs, and leaves no process of it either", async function () {
    if (!mayOwn) return this.skip()
    const dataDir = mkdtempSync(join(tmpdir(), "berth-engine-"))
    try {
      const hanging = await startDockerd({ program: findProgram("dockerd")!, dataDir, log: quiet, network: false })
      process.kill(hanging.pid, "SIGSTOP")
      await hanging.stop()
      expect(commandsWith(dataDir)).to.equal("")
      expect(commandsWith(hanging.socketPath.replace(/docker.sock$/, ""))).to.equal("")
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })

  it("makes networks anew where dockerd was ended in the middle of removing one and can't read them any more", async function () {
    if (!mayOwn) return this.skip()
    const dataDir = mkdtempSync(join(tmpdir(), "berth-engine-"))
    const said: string[] = []
    const options = { program: findProgram("dockerd")!, dataDir, log: (line: string) => said.push(line), network: false }
    const create = (socketPath: string) =>
      callEngine({ socketPath, method: "POST", path: "/networks/create", json: { Name: "berth-test", Driver: "bridge" } })
    try {
      const first = await startDockerd(options)
      await create(first.socketPath)
      await first.stop()
      // A network that was written down without its addresses, as one is whose removal was cut off: Docker 20.10 panics on it at every start.
      const store = join(dataDir, "docker/network/files/local-kv.db")
      writeFileSync(store, readFileSync(store, "latin1").replaceAll('"ipamV4Info"', '"ipamV4Inf0"'), "latin1")
      const again = await startDockerd(options)
      try {
        expect(said.join("\n")).to.contain("networks")
        await create(again.socketPath)
      } finally {
        await again.stop()
      }
      expect(commandsWith(dataDir)).to.equal("")
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })

  it("builds images once, and the demo workload learns", async () => {
    const dataDir = fileURLToPath(new URL("../../.berth/engine", import.meta.url))
    const engine = await findEngine({ install: true, dataDir, log: quiet })
    try {
      const { socketPath } = engine
      const said: string[] = []
      const build = { socketPath, install: true, log: (line: string) => said.push(line) }
      const first = [await buildBusyboxImage(build), await buildWorkloadImage(build)]
      said.length = 0
      expect([await buildBusyboxImage(build), await buildWorkloadImage(build)]).to.deep.equal(first)
      expect(said).to.deep.equal([])
      expect(BUSYBOX_IMAGE).to.match(/^berth\//)
      const body = { Image: DIGITS_IMAGE, Env: ["EPOCHS=4"], HostConfig: { NetworkMode: "none", LogConfig: { Type: "json-file" } } }
      const { Id } = JSON.parse(await callEngine({ socketPath, method: "POST", path: "/containers/create", json: body }))
      await callEngine({ socketPath, method: "POST", path: `/containers/${Id}/start` })
      const ended = JSON.parse(await callEngine({ socketPath, method: "POST", path: `/containers/${Id}/wait` }))
      expect(ended.StatusCode).to.equal(0)
      const log = await callEngine({ socketPath, path: `/containers/${Id}/logs?stdout=1` })
      await callEngine({ socketPath, method: "DELETE", path: `/containers/${Id}` })
      expect(log.match(/epoch /g)).to.have.length(4)
      expect(Number(/done in .* accuracy ([\d.]+) %/.exec(log)?.[1])).to.be.above(95)
    } finally {
      await engine.stop()
    }
  })
})
