import { expect } from "chai"
import { BlockLoop } from "./block-loop.ts"

/** A loop over a journal that a full disk keeps from being written. */
function loopOverFullDisk() {
  const state = { full: true, stored: [] as number[], adopted: [] as number[], errors: 0 }
  const account = { tab: "0x1", books: { seq: 0 }, urgent: false, adopt: (next: { seq: number }) => state.adopted.push(next.seq) }
  const loop = new BlockLoop({ market: {} as never, privateKey: new Uint8Array(32), paceMs: 0, paceMaxMs: 1_000 }, {
    journal: {
      transaction(work: () => void) {
        if (state.full) throw new Error("database or disk is full")
        work()
      },
    },
    receipts: { countersign: (_tab: string, next: { seq: number }) => state.stored.push(next.seq) },
    ledger: { verify: (_account: unknown, seq: number) => ({ seq }), leasesOf: () => [], all: () => [] },
    log: { error: () => state.errors++ },
    onStep() {},
  } as never)
  return { state, loop, sign: (seq: number) => loop.countersigned(account as never, { seq, signature: new Uint8Array(64) }) }
}

describe("the block loop over a journal that can't be written", () => {
  it("does not die of a countersignature that arrives, and stores it once there is room", async () => {
    const { state, loop, sign } = loopOverFullDisk()
    sign(1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(state).to.include({ errors: 1 })
    expect(() => loop.commit()).to.throw("disk is full")
    expect(state.adopted, "nothing counts that is not on disk").to.deep.equal([])
    state.full = false
    loop.commit()
    expect([state.stored, state.adopted]).to.deep.equal([[1], [1]])
  })
})
