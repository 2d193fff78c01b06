import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { createKeystore } from "../keystore.ts"
import { recorderCommand } from "./command.ts"

describe("numbers on berth-node recorder's command line", () => {
  const dir = mkdtempSync(join(tmpdir(), "berth-recorder-flags-"))
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text)
    return join(dir, name)
  }
  const address = `0x${"11".repeat(20)}`
  const contracts = { berth: address, computeRecords: address, reservations: address }
  const deployment = { chainId: 31337, ...contracts, startBlock: 0, rpcUrl: "http://127.0.0.1:1" }
  const args = ["--deployment", file("d.json", JSON.stringify(deployment)), "--passphrase-file", file("pass", "x"), "--state-dir", dir]
  const names = ["--poll-ms", "--confirmations", "--max-anchor-bytes", "--settle-delay", "--min-paid"]

  before(() => createKeystore(join(dir, "key.json"), "x", "light"))
  after(() => rmSync(dir, { recursive: true }))

  function failure(...more: string[]): Promise<Error> {
    const command = recorderCommand(() => {}, Promise.resolve())
    return command.parseAsync([...args, "--log-level", "silent", ...more], { from: "user" }).then(
      () => expect.fail("it ran"),
      (error) => error,
    )
  }

  it("are these: whoever adds one adds it here", () => {
    const options = recorderCommand(() => {}, Promise.resolve()).options.filter((o) => /<(n|ms|seconds|credits)>/.test(o.flags))
    expect(options.map((o) => o.long)).to.deep.equal(names)
  })

  for (const name of names)
    it(`${name}: what is no such number is refused by name`, async () => {
      for (const text of ["abc", "", " ", "-1", "1e3", "0x10", "NaN", "1.5", "99999999999999999999"])
        expect((await failure(name, text)).message, `${name} "${text}"`).to.include(name)
      if (name !== "--settle-delay") expect((await failure(name, "0")).message, "0").to.include(name)
      // With a good one it goes on to ask the chain, where nobody is.
      expect((await failure(name, name === "--max-anchor-bytes" ? "2000" : "60")).message).to.match(/RPC/)
    })
})
