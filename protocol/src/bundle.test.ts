import { expect } from "chai"
import { type Bundle, bundleSchema, stringifyBundle } from "./bundle.ts"
import { MAX_U64 } from "./bytes.ts"

const bytes32 = `0x${"ab".repeat(32)}` as const
const address = `0x${"cd".repeat(20)}` as const
const bundle: Bundle = {
  version: 1,
  chainId: 31337,
  contract: address,
  computeRecords: address,
  startBlock: 7n,
  tenant: address,
  tabs: [
    {
      signer: address,
      node: address,
      terms: [{ leaseNo: 1, class: "cpu/x86-64", count: 1, price: MAX_U64, meter: 0, start: 1n, window: 1, pause: 2, stop: 3, idle: 4 }],
      statements: [
        {
          day: 20_000,
          seq: 1,
          block: 1n,
          gpuMs: 2_000n,
          used: 194n,
          amount: 194n,
          treeSize: 1,
          treeRoot: bytes32,
          previousDayRecordsHash: bytes32,
          recordsHash: bytes32,
          nodeSignature: `0x${"11".repeat(64)}`,
          signerSignature: `0x${"22".repeat(64)}`,
          blocks: [
            {
              seq: 1,
              block: 1n,
              terms: [1],
              records: [{ block: 1n, leaseNo: 1, cumulativeMs: 2_000n, amount: 194n, requests: 0, tokens: 0n }],
            },
          ],
        },
      ],
    },
  ],
}

describe("a bundle", () => {
  it("comes back as it was written", () => {
    expect(bundleSchema.parse(JSON.parse(stringifyBundle(bundle)))).deep.equal(bundle)
  })

  const bad: [string, (text: string) => string][] = [
    ["a number above 64 bits", (t) => t.replaceAll(`"${MAX_U64}"`, `"${MAX_U64 + 1n}"`)],
    ["a negative number", (t) => t.replace('"194"', '"-194"')],
    ["a number not in quotes", (t) => t.replace('"194"', "194")],
    ["a leading zero", (t) => t.replace('"194"', '"0194"')],
    ["hex of another size", (t) => t.replace(bytes32, "0xab")],
    ["upper-case hex", (t) => t.replace(address, address.toUpperCase())],
    ["another version", (t) => t.replace('"version": 1', '"version": 2')],
    ["a field that nobody knows", (t) => t.replace('"version": 1', '"version": 1, "more": 1')],
    ["a field missing", (t) => t.replace(/"treeSize": 1,/, "")],
  ]
  for (const [name, change] of bad) {
    it(`with ${name} is refused`, () => {
      const text = change(stringifyBundle(bundle))
      expect(text).not.equal(stringifyBundle(bundle))
      expect(bundleSchema.safeParse(JSON.parse(text)).success).equal(false)
    })
  }
})
