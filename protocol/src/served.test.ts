import { expect } from "chai"
import { bytesToHex, hexToBytes } from "./bytes.ts"
import { reservationId } from "./reservation.ts"
import { packServed, unpackServed } from "./served.ts"

describe("served minutes", () => {
  it("are two bytes a day, the high one first", () => {
    expect(bytesToHex(packServed([1_440, 0, 1, 256]))).equal("0x05a0000000010100")
    expect(unpackServed(hexToBytes("0x05a0000000010100"))).deep.equal([1_440, 0, 1, 256])
  })

  it("that no day has are refused, in and out", () => {
    for (const minutes of [1_441, 65_536, -1, 1.5, Number.NaN]) expect(() => packServed([0, minutes])).throw(RangeError)
    expect(() => unpackServed(hexToBytes("0x05a1"))).throw(RangeError, "1441 minutes")
    expect(() => unpackServed(hexToBytes("0x05a000"))).throw(RangeError, "not two a day")
  })

  it("a nonce of another size makes no id", () => {
    expect(() => reservationId("0x00000000000000000000000000000000000000aa", new Uint8Array(31))).throw(RangeError, "32 bytes")
  })
})
