import { addressOfKey, bytesToHex, hexToBytes } from "@berth/protocol"
import { expect } from "chai"
import { decryptKeystoreJsonSync, encryptKeystoreJsonSync } from "ethers"
import { BerthError } from "../errors.ts"
import { decryptKey, encryptKey, LIGHT_COST } from "./keystore.ts"
import { ProfileKey } from "./profile-key.ts"

const KEY = hexToBytes("0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d")

describe("keystore files", () => {
  it("are those of other wallets: ethers opens ours, and we open ethers'", () => {
    const ours = encryptKey(KEY, "testpassword", LIGHT_COST)
    expect(decryptKeystoreJsonSync(ours, "testpassword").privateKey).to.equal(bytesToHex(KEY))
    const account = { address: addressOfKey(KEY), privateKey: bytesToHex(KEY) }
    const theirs = encryptKeystoreJsonSync(account, "testpassword", { scrypt: { N: 4_096, r: 8, p: 1 } })
    expect(decryptKey(theirs, "testpassword", "theirs")).to.deep.equal(KEY)
  })

  it("opens what it made, and shows the address without the passphrase", () => {
    const file = encryptKey(KEY, "pässword", LIGHT_COST)
    expect(decryptKey(file, "pässword", "file")).to.deep.equal(KEY)
    expect(`0x${JSON.parse(file).address}`).to.equal(addressOfKey(KEY))
    expect(file).not.to.contain(bytesToHex(KEY).slice(2))
  })

  it("says which file a wrong passphrase does not open, and what is no keystore", () => {
    const file = encryptKey(KEY, "right", LIGHT_COST)
    const failed = (text: string, passphrase: string) => {
      try {
        decryptKey(text, passphrase, "wallet.json")
      } catch (error) {
        return error as BerthError
      }
      throw new Error("it opened")
    }
    expect(failed(file, "wrong")).to.include({ code: "bad_passphrase" }).and.property("message").contains("wallet.json")
    expect(failed("{}", "x").code).to.equal("unsupported")
    expect(failed("no json", "x").code).to.equal("malformed")
  })

  it("seals signer keys with the profile's secret, quickly, and only for it", () => {
    const mine = new ProfileKey(KEY)
    const sealed = mine.seal(hexToBytes(`0x${"11".repeat(32)}`))
    expect(bytesToHex(new ProfileKey(KEY).open(sealed))).to.equal(`0x${"11".repeat(32)}`)
    expect(() => new ProfileKey(new Uint8Array(32).fill(1)).open(sealed)).to.throw(BerthError)
    expect(bytesToHex(mine.identity)).not.to.equal(bytesToHex(KEY))
  })
})
