import { expect } from "chai"
import type { ExecSession } from "../runner.ts"
import { EngineFixture, failure } from "./engine.fixture.ts"

async function readSession(session: ExecSession): Promise<{ stdout: string; stderr: string }> {
  const text = { stdout: "", stderr: "" }
  for await (const { stream, data } of session.output) text[stream] += Buffer.from(data).toString("utf8")
  return text
}

describe("Exec in real containers", function () {
  this.timeout(60_000)
  let fixture: EngineFixture
  before(async () => {
    fixture = await EngineFixture.start()
  })
  after(() => fixture.stop())

  it("runs commands with input, two streams, a code and no more rights; terminals too", async () => {
    const leaseId = await fixture.run("sleep 60")
    const plain = await fixture.runner.exec(leaseId, {
      command: ["sh", "-c", "cat; echo $NAME >&2; grep CapEff /proc/self/status; exit 4"],
      env: { NAME: "berth" },
    })
    await plain.write(Buffer.from("typed\n"))
    plain.end()
    expect(await readSession(plain)).to.deep.equal({ stdout: "typed\nCapEff:\t0000000000000000\n", stderr: "berth\n" })
    expect(await plain.exitCode()).to.equal(4)
    const terminal = await fixture.runner.exec(leaseId, { command: ["sh"], tty: true })
    await terminal.resize(123, 45)
    await terminal.write(Buffer.from("stty size; exit 3\n"))
    expect((await readSession(terminal)).stdout).to.include("45 123")
    expect(await terminal.exitCode()).to.equal(3)
    await fixture.runner.stop(leaseId, 0)
    expect((await failure(fixture.runner.exec(leaseId, { command: ["true"] }))).code).to.equal("LEASE_CONFLICT")
  })

  it("never claims gVisor where the engine does not have it", async () => {
    const asking = fixture.newRunner({ sandbox: "runsc", network: "none" })
    const outcome = await asking.open().catch((error) => error)
    if (outcome instanceof Error) expect(outcome.message).to.include("gVisor was asked for")
    else expect(outcome.sandbox).to.equal("runsc")
    expect((await fixture.runner.open()).sandbox).to.equal("runc")
  })
})
