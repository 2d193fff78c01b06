import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { addressOfKey, bytesToHex, hexToBytes } from "@berth/protocol"
import { expect } from "chai"
import { decryptKeystoreJsonSync, encryptKeystoreJsonSync } from "ethers"
import { createKeystore, readKeyFile, readKeystore, readPassphrase } from "./keystore.ts"

const KEY = `0x${"a5".repeat(32)}` as const

describe("keystore", () => {
  const dir = mkdtempSync(join(tmpdir(), "berth-key-"))
  after(() => rmSync(dir, { recursive: true }))
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => "",
      (error: Error) => error.message,
    )

  it("reads what it wrote, mode 0600, and never overwrites", async () => {
    const path = join(dir, "key.json")
    const made = await createKeystore(path, "pass", "light")
    expect(statSync(path).mode & 0o777).to.equal(0o600)
    const read = await readKeystore(path, "pass")
    expect(bytesToHex(read.privateKey)).to.equal(bytesToHex(made.privateKey))
    expect(read.address).to.equal(made.address)
    expect(await failure(createKeystore(path, "pass", "light"))).to.match(/never overwritten/)
    expect(await failure(readKeystore(path, "Pass"))).to.match(/Wrong passphrase/)
  })

  it("reads what ethers wrote, and ethers reads ours", async () => {
    const path = join(dir, "ethers.json")
    const account = { address: addressOfKey(hexToBytes(KEY)), privateKey: KEY }
    writeFileSync(path, encryptKeystoreJsonSync(account, "pässword", { scrypt: { N: 8_192, r: 8, p: 1 } }))
    expect(bytesToHex((await readKeystore(path, "pässword")).privateKey)).to.equal(KEY)
    const own = await createKeystore(join(dir, "own.json"), "pässword", "light")
    const read = decryptKeystoreJsonSync(readFileSync(join(dir, "own.json"), "utf8"), "pässword")
    expect(read.privateKey).to.equal(bytesToHex(own.privateKey))
  })

  it("says which file is wrong and how", async () => {
    const path = join(dir, "bad.json")
    writeFileSync(path, "{}")
    expect(await failure(readKeystore(path, ""))).to.match(/bad\.json is not a Web3/)
    expect(await failure(readKeystore(join(dir, "none"), ""))).to.match(/berth-node init/)
    writeFileSync(path, `0x${"22".repeat(32)}\n`)
    expect((await readKeyFile(path)).privateKey[0]).to.equal(0x22)
    writeFileSync(path, "two words\n")
    expect(await readPassphrase(path)).to.equal("two words")
  })
})
