import { expect } from "chai"
import { unpackFigures } from "./settlement.ts"

describe("unpackFigures", () => {
  it("reads day, gpuMs, amount and paid, 64 bits each from the high end", () => {
    expect(unpackFigures(`0x${"000000000000512a"}${"0000000000000001"}${"8000000000000002"}${"0000000000000003"}`)).deep.equal({
      day: 20_778,
      gpuMs: 1n,
      amount: 2n ** 63n + 2n,
      paid: 3n,
    })
  })

  it("keeps neighbours apart at the limits", () => {
    const max = 2n ** 64n - 1n
    expect(unpackFigures(`0x${"00000000ffffffff"}${"f".repeat(48)}`)).deep.equal({ day: 2 ** 32 - 1, gpuMs: max, amount: max, paid: max })
  })
})
