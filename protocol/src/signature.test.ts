import { expect } from "chai"
import fc from "fast-check"
import { privateKeyToAccount } from "viem/accounts"
import { bytesToHex, hexToBytes } from "./bytes.ts"
import { keccak, keccakText } from "./keccak.ts"
import { nativeEcdsa } from "./native.ts"
import { addressOfKey, halvesOf, nobleEcdsa, recoverAddress, splitCompact } from "./signature.ts"

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const privateKey = fc.bigInt({ min: 1n, max: ORDER - 1n }).map((n) => hexToBytes(`0x${n.toString(16).padStart(64, "0")}`))
const both = [nobleEcdsa, nativeEcdsa]

describe("signatures", () => {
  it("noble and native give the same bytes and the signer's address", () => {
    fc.assert(
      fc.property(privateKey, bytes32, (key, digest) => {
        const signature = nobleEcdsa.sign(digest, key)
        expect(nativeEcdsa.sign(digest, key)).deep.equal(signature)
        for (const ecdsa of both) expect(recoverAddress(ecdsa, digest, signature)).equal(addressOfKey(key))
      }),
      { numRuns: 50 },
    )
  })

  it("are viem's, in EIP-2098 form", async () => {
    const key = keccakText("key")
    const digest = keccakText("digest")
    const full = hexToBytes(await privateKeyToAccount(bytesToHex(key)).sign({ hash: bytesToHex(digest) }))
    const expected = full.slice(0, 64)
    expected[32]! |= (full[64]! - 27) << 7
    expect(nativeEcdsa.sign(digest, key)).deep.equal(expected)
  })

  it("are two words to the contracts, which together are the signature", () => {
    const signature = nobleEcdsa.sign(keccakText("digest"), keccakText("key"))
    const [r, vs] = halvesOf(signature)
    expect([r.length, vs.length]).deep.equal([66, 66])
    expect(hexToBytes(`${r}${vs.slice(2)}`)).deep.equal(signature)
  })

  it("refuses the second form of a signature (high s), s = 0, r outside the curve's order, and other sizes", () => {
    const key = keccakText("key")
    const digest = keccakText("digest")
    const signature = nobleEcdsa.sign(digest, key)
    // EIP-2098 has 255 bits for s: the only high values it can write are those between half the order and 2^255.
    const high = signature.slice()
    high.set(hexToBytes(`0x${((ORDER >> 1n) + 1n).toString(16)}`), 32)
    const highest = signature.slice()
    highest.set(hexToBytes(`0x${(ORDER >> 1n).toString(16)}`), 32)
    expect(splitCompact(highest)?.recovery).equal(0)
    const zeroS = signature.slice()
    zeroS.fill(0, 32)
    const bigR = signature.slice()
    bigR.fill(0xff, 0, 32)
    const zeroR = signature.slice()
    zeroR.fill(0, 0, 32)
    for (const bad of [high, zeroS, bigR, zeroR, signature.slice(0, 63), new Uint8Array([...signature, 27]), new Uint8Array(64)]) {
      for (const ecdsa of both) expect(recoverAddress(ecdsa, digest, bad)).equal(undefined)
    }
  })

  it("random bytes recover to the same somebody or nobody with both", () => {
    fc.assert(
      fc.property(bytes32, fc.uint8Array({ minLength: 64, maxLength: 64 }), (digest, signature) => {
        expect(recoverAddress(nativeEcdsa, digest, signature)).equal(recoverAddress(nobleEcdsa, digest, signature))
      }),
      { numRuns: 100 },
    )
  })

  it("keccak gives a fresh array each time", () => {
    const first = keccak(new Uint8Array(3))
    const copy = first.slice()
    keccak(new Uint8Array(4))
    expect(first).deep.equal(copy)
    expect(bytesToHex(keccak(new Uint8Array(0)))).equal("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
  })
})
