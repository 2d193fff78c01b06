import { type ChildProcessByStdio, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface, type Interface } from "node:readline"
import type { Readable, Writable } from "node:stream"
import { expect } from "chai"
import { exitCodeOf } from "./cli/exit.ts"
import { lockDirectory } from "./lock.ts"

/** A process that takes the lock when asked. */
interface Taker {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  readonly lines: Interface
}

describe("the lock of a directory", function () {
  this.timeout(60_000)
  let dir: string
  let takers: Taker[]
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-lock-"))
    takers = []
  })
  afterEach(async () => {
    await Promise.all(takers.map(kill))
    rmSync(dir, { recursive: true, force: true })
  })

  async function taker(): Promise<Taker> {
    const child = spawn(process.execPath, [join(import.meta.dirname, "lock.fixture.ts"), dir], { stdio: ["pipe", "pipe", "inherit"] })
    const lines = createInterface({ input: child.stdout })
    takers.push({ child, lines })
    await once(lines, "line")
    return { child, lines }
  }

  async function take({ child, lines }: Taker): Promise<string> {
    const answer = once(lines, "line")
    child.stdin.write("take\n")
    return (await answer)[0]
  }

  async function kill({ child }: Taker): Promise<void> {
    const exited = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined
    child.kill("SIGKILL")
    await exited
  }

  function refusal(): Error {
    try {
      lockDirectory(dir, "node")
    } catch (error) {
      return error as Error
    }
    return expect.fail("it was given")
  }

  it("is refused while another process has it, which the message names; the program may be started again later", async () => {
    const holder = await taker()
    expect(await take(holder)).equal("held")
    const error = refusal()
    expect(error.message).equal(
      `Another berth-node (process ${holder.child.pid}) uses ${dir}. Stop it, or give this one a directory of its own.`,
    )
    expect(exitCodeOf(error)).equal(75)
  })

  it("ends with its process, however that ends", async () => {
    const holder = await taker()
    expect(await take(holder)).equal("held")
    await kill(holder)
    lockDirectory(dir, "node")()
  })

  it("is not held by a process that has got the number of one that is gone", async () => {
    const stranger = await taker() // Node runs it, as it ran the one before.
    writeFileSync(join(dir, "node.pid"), `${stranger.child.pid}\n`)
    lockDirectory(dir, "node")()
  })

  it("given back it can be taken again, and within one process it is given once", () => {
    const unlock = lockDirectory(dir, "node")
    expect(readFileSync(join(dir, "node.pid"), "utf8")).equal(`${process.pid}\n`)
    expect(refusal().name).equal("TryAgain")
    unlock()
    lockDirectory(dir, "node")()
  })

  it("goes to one of many that ask at the same time where one was killed", async () => {
    const rivals = await Promise.all(Array.from({ length: 6 }, taker))
    for (let round = 0; round < 4; round++) {
      writeFileSync(join(dir, "node.pid"), "999999999\n")
      const answers = await Promise.all(rivals.map(take))
      expect(answers.filter((answer) => answer === "held").length, answers.join()).equal(1)
      const winner = answers.indexOf("held")
      await kill(rivals[winner]!)
      rivals[winner] = await taker()
    }
  })
})
