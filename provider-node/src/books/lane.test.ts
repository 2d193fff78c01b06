import { once } from "node:events"
import { expect } from "chai"
import { Lane } from "./lane.ts"

describe("a lane", () => {
  it("goes on after a run that threw, and says what it threw", async () => {
    const events = new EventTarget()
    const outcomes = [() => Promise.reject(new Error("database or disk is full")), () => Promise.resolve(true)]
    const failed: unknown[] = []
    const lane = new Lane(
      () => {
        const outcome = outcomes.shift()!
        if (outcomes.length === 0) events.dispatchEvent(new Event("again"))
        return outcome()
      },
      (error) => failed.push(error),
    )
    const again = once(events, "again")
    lane.soon(0)
    await again
    await lane.stop()
    expect(failed.map(String)).deep.equal(["Error: database or disk is full"])
  })
})
