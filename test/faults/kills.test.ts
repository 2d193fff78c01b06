import { FaultWorld } from "../support/fault-world.ts"
import { runKillMatrix } from "./kill-matrix.ts"
import { expectSound } from "./sound.ts"

/** The long form is `npm run test:faults`. */
const KILLS = 5
const SEED = 20_261

describe("node and agent killed with -9 at the steps of their loops", function () {
  this.timeout(600_000)
  let world: FaultWorld
  before(async () => {
    world = await FaultWorld.start()
  })
  after(() => world?.stop())

  it(`${KILLS} kills of each (seed ${SEED}): one container, one bill, no receipt lost, doubled or contradicting`, async () => {
    const result = await runKillMatrix(world, { seed: SEED, kills: KILLS })
    console.log(
      `      ${Object.entries(result.kills)
        .map(([name, n]) => `${n} x ${name}`)
        .join(", ")}`,
    )
    console.log(
      `      ${result.receipts} receipts, ${result.node.used} credits at the node, ${result.agent.used} at the agent, ${result.paid} paid, ${result.seconds} s`,
    )
    console.log("      left out: the other steps and 45 kills more of each side: npm run test:faults")
    expectSound(result)
  })
})
