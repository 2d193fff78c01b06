import { expect } from "chai"
import type { Reserved } from "../chain/reserved.ts"
import { BerthError } from "../errors.ts"
import { heldBack, OwnClaims } from "./own-claims.ts"

const FIRST = 20_000
const running: Reserved = {
  ...{ id: "0x01", node: "0x00000000000000000000000000000000000000aa", class: "cpu/x86-64", gpus: 1, startDay: FIRST, endDay: FIRST + 30 },
  ...{ claimPeriod: 8, openDay: FIRST, resolved: 0b10n },
}

describe("days that a node holds back", () => {
  it("are those served in part, open still, from three days before their deadline on", () => {
    // Resolved: the second; in full: the third; without a minute: the fourth.
    const minutes = [700, 1, 1_440, 0, 1_439]
    const on = (today: number) => heldBack(running, FIRST + today, (day) => minutes[day - FIRST] ?? 1_440).map((day) => day - FIRST)
    expect([on(5), on(6), on(9), on(10)]).deep.equal([[], [0], [0], [0, 4]])
  })

  it("are told of with what to do where the agent has no wallet or no gas, and not at every look", async () => {
    for (const post of [undefined, () => Promise.reject(new BerthError("reverted", "nothing to pay gas with"))]) {
      const lines: string[] = []
      const own = new OwnClaims("0x01", { post, log: (level, message) => lines.push(`${level}: ${message}`) })
      expect(own.isDue, "nothing is held back").equal(false)
      own.days = [FIRST]
      expect(own.isDue).equal(true)
      await own.post([{ firstDay: FIRST, served: [700], signature: new Uint8Array(64) }])
      expect(own.isDue).equal(false)
      expect(lines.join()).match(/^warn: .*berth reservations sign 0x01 --save days\.json, and .* berth reservations claim days\.json$/)
    }
  })
})
