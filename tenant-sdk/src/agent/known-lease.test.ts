import { expect } from "chai"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { ClockMark } from "./clock.ts"
import { signLease } from "./lease-terms.ts"
import { knownLease } from "./tab-keeper.ts"

const at = (mono: number): ClockMark => ({ boot: "one", mono, wall: mono })
const node = "0x0000000000000000000000000000000000000001"

function rowOf(more: Partial<LeaseRow>): LeaseRow {
  const quote = {
    node,
    tenant: node,
    class: "cpu/x86-64",
    count: 1,
    price: 3_600_000n,
    meter: 0,
    window: 60_000,
    pause: 120_000,
    stop: 900_000,
    idle: 900_000,
    startPrice: 0n,
    pullLimit: 0n,
    volumePrice: 0n,
    retention: 0,
    expires: 0n,
    nonce: new Uint8Array(32),
  } as const
  const info = { node, operator: node, tier: "individual", region: "", addresses: [], recorders: [], offers: [] } as const
  const row = signLease({
    market: { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" },
    offer: { info, quote, signature: new Uint8Array(64), latencyMs: 1, freeUnits: 1, imagePresent: true },
    signerKey: new Uint8Array(32).fill(7),
    leaseNo: 1,
    start: 1n,
    clientId: `0x${"11".repeat(16)}`,
    options: { image: "alpine", class: "cpu/x86-64" },
  })
  return { ...row, sent: at(0), ...more }
}

describe("how long a lease can have run, as its agent knows", () => {
  it("until now while it runs, until its end when it has ended", () => {
    expect(knownLease(rowOf({}), at(7_200_000)).elapsedMs).to.equal(7_200_000)
    expect(knownLease(rowOf({ ended: at(5_000) }), at(7_200_000)).elapsedMs).to.equal(5_000)
  })

  it("a window after its tenant asked to stop it, though its node never says that it ended", () => {
    expect(knownLease(rowOf({ stopAsked: at(10_000) }), at(7_200_000)).elapsedMs).to.equal(70_000)
    expect(knownLease(rowOf({ stopAsked: at(10_000) }), at(12_000)).elapsedMs).to.equal(12_000)
    expect(knownLease(rowOf({ stopAsked: at(10_000), ended: at(11_000) }), at(7_200_000)).elapsedMs).to.equal(11_000)
  })
})
