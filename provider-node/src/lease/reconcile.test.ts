import { isEnded, LEASE_STATES, mayBecome } from "@berth/protocol"
import { expect } from "chai"
import fc from "fast-check"
import type { Verdict } from "../books/standing.ts"
import { type Action, type Fact, type JournalLease, nextAction } from "./reconcile.ts"

const at = new Date(0)
const facts: readonly Fact[] = [
  { status: "unreachable" },
  { status: "unknown", detail: "being removed" },
  { status: "missing" },
  { status: "created" },
  { status: "running", startedAt: at, address: null },
  { status: "paused", startedAt: at, address: null },
  { status: "exited", code: 0, oomKilled: false, error: null, finishedAt: at },
  { status: "exited", code: 127, oomKilled: false, error: "no such program", finishedAt: at },
]
const verdicts: readonly Verdict[] = [
  { do: "run" },
  { do: "wait" },
  { do: "pause", reason: "no_signature" },
  { do: "end", reason: "tenant_stopped" },
]
const lease = fc.record({
  state: fc.constantFrom(...LEASE_STATES),
  endWish: fc.constantFrom(null, "tenant_stopped" as const),
  removed: fc.boolean(),
  retentionOver: fc.boolean(),
  prepared: fc.boolean(),
})
const inputs = [lease, fc.constantFrom(...facts), fc.constantFrom(...verdicts)] as const

/** What the engine and the journal say after an action that went well. */
function apply(l: JournalLease, fact: Fact, action: Action): [JournalLease, Fact] {
  const running: Fact = { status: "running", startedAt: at, address: null }
  switch (action.do) {
    case "prepare":
      return [{ ...l, prepared: true }, { status: "created" }]
    case "launch":
    case "start":
      return [{ ...l, state: "ready" }, running]
    case "pause":
      return [
        { ...l, state: "paused" },
        { status: "paused", startedAt: at, address: null },
      ]
    case "unpause":
      return [{ ...l, state: l.state === "paused" ? "ready" : l.state }, running]
    case "stop":
      return [
        { ...l, state: isEnded(l.state) ? "ended" : "stopping", endWish: l.endWish ?? action.reason },
        { status: "exited", code: 137, oomKilled: false, error: null, finishedAt: at },
      ]
    case "remove":
      return [{ ...l, removed: true }, { status: "missing" }]
    case "set":
      return [{ ...l, state: action.state }, fact]
  }
}

describe("nextAction", () => {
  it("does nothing when the engine proves nothing", () => {
    fc.assert(fc.property(lease, fc.constantFrom(...verdicts), (l, v) => facts.slice(0, 2).every((f) => nextAction(l, f, v) === undefined)))
  })

  it("never asks for a state that may not follow", () => {
    fc.assert(
      fc.property(...inputs, (l, fact, verdict) => {
        const action = nextAction(l, fact, verdict)
        if (action?.do === "set") expect(mayBecome(l.state, action.state), `${l.state} -> ${action.state}`).to.equal(true)
      }),
      { numRuns: 2_000 },
    )
  })

  it("settles in at most four steps, and then stays", () => {
    fc.assert(
      fc.property(...inputs, (l, fact, verdict) => {
        let now: [JournalLease, Fact] = [l, fact]
        for (let step = 0; step < 4; step++) {
          const action = nextAction(...now, verdict)
          if (!action) return
          now = apply(...now, action)
        }
        expect(nextAction(...now, verdict), JSON.stringify(now)).to.equal(undefined)
      }),
      { numRuns: 2_000 },
    )
  })

  it("starts nothing that has ended, and starts nothing without leave to run", () => {
    const starts = (a: Action | undefined) => a?.do === "launch" || a?.do === "start" || a?.do === "unpause"
    fc.assert(
      fc.property(...inputs, (l, fact, verdict) => {
        const action = nextAction(l, fact, verdict)
        if (isEnded(l.state) || verdict.do === "end") expect(starts(action)).to.equal(false)
        if (verdict.do === "pause" && l.state === "paused") expect(starts(action)).to.equal(false)
      }),
      { numRuns: 2_000 },
    )
  })

  it("makes a newcomer's container while its first receipt is unsigned, once, and starts it only after", () => {
    const l: JournalLease = { state: "accepted", endWish: null, removed: false, retentionOver: false, prepared: false }
    expect(nextAction(l, { status: "missing" }, { do: "wait" })).to.deep.equal({ do: "prepare" })
    expect(nextAction({ ...l, prepared: true }, { status: "missing" }, { do: "wait" })).to.equal(undefined)
    expect(nextAction({ ...l, prepared: true }, { status: "created" }, { do: "wait" })).to.equal(undefined)
    expect(nextAction({ ...l, prepared: true }, { status: "created" }, { do: "run" })).to.deep.equal({ do: "start" })
    expect(nextAction({ ...l, prepared: true }, { status: "missing" }, { do: "run" })).to.deep.equal({ do: "launch" })
  })

  it("keeps nothing of what ended before it began: there are no files to keep, and opening costs a stranger nothing", () => {
    const l: JournalLease = { state: "ended", endWish: "tenant_stopped", removed: false, retentionOver: false, prepared: true }
    expect(nextAction(l, { status: "created" }, { do: "end", reason: "tenant_stopped" })).to.deep.equal({ do: "remove" })
    expect(nextAction(l, facts[6]!, { do: "end", reason: "tenant_stopped" })).to.equal(undefined)
  })

  it("keeps the exit code of a container that ended by itself", () => {
    const l: JournalLease = { state: "ready", endWish: null, removed: false, retentionOver: false, prepared: false }
    const action = nextAction(l, facts[6]!, { do: "run" })
    expect(action).to.deep.include({ do: "set", state: "ended", reason: "completed" })
  })

  it("names an engine that lost the container", () => {
    const l: JournalLease = { state: "ready", endWish: null, removed: false, retentionOver: false, prepared: false }
    expect(nextAction(l, { status: "missing" }, { do: "run" })).to.deep.include({ state: "ended", reason: "engine_lost" })
  })
})
