import { expect } from "chai"
import { BerthError } from "../errors.ts"
import { decodeLine, encodeLine } from "../resident/wire.ts"
import type { RunOptions } from "./agent.ts"
import { expectRunOptions } from "./run-options.ts"

describe("the numbers of a run", () => {
  const base = { image: "alpine", class: "cpu/x86-64" }
  /** As a resident agent gets them, and as one in the same process does. */
  const ways = [(o: RunOptions) => o, (o: RunOptions) => decodeLine(encodeLine(o)) as RunOptions]

  for (const name of ["hours", "count", "memoryMiB"] as const)
    it(`${name}: what is none is an error that names it, never the default`, () => {
      for (const arrives of ways) {
        expectRunOptions(arrives({ ...base, [name]: 1 }))
        expectRunOptions(arrives({ ...base, [name]: undefined }))
        for (const value of [Number.NaN, -1, 0, Number.POSITIVE_INFINITY, 1e300, "2" as unknown as number])
          expect(() => expectRunOptions(arrives({ ...base, [name]: value })), `${value}`)
            .to.throw(BerthError, name)
            .with.property("code", "usage")
      }
    })

  it("hours may be parts of one, units may not", () => {
    expectRunOptions({ ...base, hours: 0.25 })
    expect(() => expectRunOptions({ ...base, count: 1.5 })).to.throw(BerthError, /count/)
  })
})
