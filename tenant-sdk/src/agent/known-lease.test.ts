import { expect } from "chai"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { ClockMark } from "./clock.ts"
import { knownLease, windowAhead } from "./known-lease.ts"
import { signLease } from "./lease-terms.ts"

const at = (mono: number): ClockMark => ({ boot: "one", mono, wall: mono })
const node = "0x0000000000000000000000000000000000000001"

function rowOf(more: Partial<LeaseRow>, startPrice = 0n): LeaseRow {
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
    startPrice,
    pullLimit: 0n,
    volumePrice: 0n,
    retention: 0,
    expires: 0n,
    nonce: new Uint8Array(32),
  } as const
  const info = { node, operator: node, tier: "individual", region: "", addresses: [], recorders: [], offers: [] } as const
  const row = signLease({
    market: { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" },
    offer: { info, quote, signature: new Uint8Array(64), latencyMs: 1, freeUnits: 1, imagePresent: true, stake: undefined, ahead: 0n },
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
    expect(knownLease(rowOf({}), at(7_200_000), true).elapsedMs).to.equal(7_200_000)
    expect(knownLease(rowOf({ ended: at(5_000) }), at(7_200_000), true).elapsedMs).to.equal(5_000)
  })

  it("a window after its tenant asked to stop it, though its node never says that it ended", () => {
    expect(knownLease(rowOf({ stopAsked: at(10_000) }), at(7_200_000), true).elapsedMs).to.equal(70_000)
    expect(knownLease(rowOf({ stopAsked: at(10_000) }), at(12_000), true).elapsedMs).to.equal(12_000)
    expect(knownLease(rowOf({ stopAsked: at(10_000), ended: at(11_000) }), at(7_200_000), true).elapsedMs).to.equal(11_000)
  })
})

describe("how far ahead a lease is paid", () => {
  const row = (startPrice: bigint, more: Partial<LeaseRow> = {}) => rowOf(more, startPrice)
  const ahead = (of: LeaseRow, staked: boolean) => knownLease(of, at(1_000), staked).ahead

  it("a window to a node with enough stake, ten seconds to any other, and never more than its quote asked", () => {
    expect([ahead(row(60_000n), true), ahead(row(60_000n), false)]).to.deep.equal([60_000n, 10_000n])
    expect([ahead(row(10_000n), true), ahead(row(10_000n), false)]).to.deep.equal([10_000n, 10_000n])
    expect([ahead(row(3_000n), true), ahead(row(3_000n), false)]).to.deep.equal([3_000n, 3_000n])
  })

  it("nothing to a node that knows the tenant, and nothing once it has ended", () => {
    expect(ahead(row(0n), true)).to.equal(0n)
    expect(ahead(row(60_000n, { ended: at(500) }), true)).to.equal(0n)
  })

  it("the stake has to cover its whole window, whatever part of it the quote asks", () => {
    expect(windowAhead(row(10_000n))).to.deep.equal({ node, window: 60_000n })
    expect([windowAhead(row(0n)), windowAhead(row(60_000n, { ended: at(500) }))]).to.deep.equal([undefined, undefined])
  })
})
