// The contracts against a second reading of the design (spec/): random days, every balance and every reservation compared after each.
// `npm run test:model` plays 10,000 days; MODEL_SEED=... MODEL_DAYS=... plays a failing world again.
import { expect } from "chai"
import { noCounts, play } from "./play.ts"
import { report } from "./report.ts"

const WORLDS = 3
const DAYS = 30

describe("the contracts against the model", () => {
  it(`agree to the micro-dollar on ${WORLDS * DAYS} random days, and refuse the same calls`, async function () {
    this.timeout(600_000)
    const counts = noCounts()
    for (let n = 0; n < WORLDS; n++) await play(`test ${n}`, DAYS, counts)
    console.log(report(counts))
    expect(counts.days).to.equal(WORLDS * DAYS)
  })
})
