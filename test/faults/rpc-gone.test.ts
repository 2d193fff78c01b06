import { expect } from "chai"
import { FaultWorld } from "../support/fault-world.ts"
import { runRpcGone } from "./rpc-gone.ts"

/** Longer than pause and stop of the lease under test; two minutes in `npm run test:faults`. */
const GONE_MS = 15_000

describe("the RPC is gone", function () {
  this.timeout(180_000)
  let world: FaultWorld
  before(async () => {
    world = await FaultWorld.start()
  })
  after(() => world?.stop())

  it(`for ${GONE_MS / 1_000} s: the job goes on, receipts name the last block seen, the books agree and settle afterwards`, async () => {
    const result = await runRpcGone(world, GONE_MS)
    console.log(
      `      ${result.receipts} receipts of block ${result.block} for ${result.usedMeanwhile} credits; ${result.used} used, ${result.paid} paid`,
    )
    expect(result.receipts).to.be.at.least(3)
  })
})
