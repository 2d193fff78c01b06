import { expect } from "chai"
import { EngineUnavailable, RunnerError } from "../runner/errors.ts"
import { afterFailure } from "./lease-sizes.ts"

describe("disk: a lease that can't be measured", () => {
  const none = { failures: 0, unreadable: undefined as string | undefined }
  const after = (...errors: Error[]) => errors.reduce(afterFailure, none)
  const unread = new RunnerError("DISK_UNREADABLE", "du walked 1 of 2 places to their end")

  it("counts as over its limit after three looks in a row that it did not let come to an end", () => {
    expect(after(unread, unread)).deep.equal({ failures: 2, unreadable: undefined })
    expect(after(unread, unread, unread)).deep.equal({ failures: 3, unreadable: "du walked 1 of 2 places to their end" })
  })

  it("at once when it holds more open files than can be looked at", () => {
    expect(after(new RunnerError("TOO_MANY_OPEN_FILES", "more")).unreadable).equal("more")
  })

  it("never by the silence or the refusals of the engine, nor by faults of this machine", () => {
    const others = [new EngineUnavailable("silent"), new RunnerError("ENGINE_REFUSED", "500"), new Error("EMFILE")]
    expect(after(...others, ...others)).deep.equal(none)
    expect(after(unread, ...others, unread)).deep.equal({ failures: 2, unreadable: undefined })
  })
})
