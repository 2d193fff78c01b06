import type { LeaseReason, LeaseState } from "@berth/protocol"
import type { Verdict } from "../books/standing.ts"
import type { Exited, RunState } from "../runner/runner.ts"

/** What the engine says, or that it says nothing. */
export type Fact = RunState | { readonly status: "unreachable" }

/** A lease as the journal holds it, as far as deciding goes. */
export interface JournalLease {
  readonly state: LeaseState
  readonly endWish: LeaseReason | null
  /** Container and volume are gone already. */
  readonly removed: boolean
  /** The time for which both are kept is over. */
  readonly retentionOver: boolean
  /** Making the container ahead was tried already. */
  readonly prepared: boolean
}

/** One step towards what should be. `prepare` makes the container and starts nothing; `set` changes the journal only. */
export type Action =
  | { readonly do: "prepare" }
  | { readonly do: "launch" }
  | { readonly do: "start" }
  | { readonly do: "pause"; readonly reason: LeaseReason }
  | { readonly do: "unpause" }
  | { readonly do: "stop"; readonly reason: LeaseReason }
  | { readonly do: "remove" }
  | { readonly do: "set"; readonly state: LeaseState; readonly reason: LeaseReason | null; readonly exit?: Exited }

/**
 * The difference between the journal, the engine and what money allows, as the next step; undefined when there is none. Pure. An
 * engine that does not answer, or answers with something that proves nothing, ends no lease and starts none.
 */
export function nextAction(lease: JournalLease, fact: Fact, verdict: Verdict): Action | undefined {
  if (fact.status === "unreachable" || fact.status === "unknown") return undefined
  if (lease.state === "ended") return afterEnd(lease, fact)
  if (lease.state === "stopping" || verdict.do === "end")
    return towardsEnd(lease, fact, verdict.do === "end" ? verdict.reason : (lease.endWish ?? "tenant_stopped"))
  if (fact.status === "exited") return exited(lease, fact)
  switch (lease.state) {
    case "quoted":
      return undefined
    case "accepted":
    case "pulling":
    case "starting":
      return beforeStart(lease, fact, verdict)
    case "ready":
    case "idle":
      return whileRunning(fact, verdict)
    case "paused":
      return whilePaused(fact, verdict)
  }
}

function afterEnd(lease: JournalLease, fact: RunState): Action | undefined {
  if (fact.status === "running" || fact.status === "paused") return { do: "stop", reason: "tenant_stopped" }
  if ((lease.retentionOver || fact.status === "created") && !lease.removed) return { do: "remove" }
  return undefined
}

function towardsEnd(lease: JournalLease, fact: RunState, reason: LeaseReason): Action {
  const alive = fact.status === "running" || fact.status === "paused"
  if (alive) return { do: "stop", reason }
  // It ended by itself before anybody stopped it: then that is why.
  if (fact.status === "exited") return lease.state === "stopping" ? end(reason, fact) : exited(lease, fact)
  return end(reason)
}

function exited(lease: JournalLease, fact: Exited): Action {
  const started = lease.state === "ready" || lease.state === "idle" || lease.state === "paused"
  return end(fact.error !== null && !started ? "failed_to_start" : "completed", fact)
}

function beforeStart(lease: JournalLease, fact: RunState, verdict: Verdict): Action | undefined {
  // It was started and the node went down before it could write so.
  if (fact.status === "running") return { do: "set", state: lease.state === "starting" ? "ready" : "starting", reason: null }
  if (fact.status === "paused") return verdict.do === "run" ? { do: "unpause" } : undefined
  // While the first receipt is on its way to be signed, the container is made: it starts only after that.
  if (verdict.do === "wait" && fact.status === "missing" && !lease.prepared) return { do: "prepare" }
  if (verdict.do !== "run") return undefined
  return fact.status === "created" ? { do: "start" } : { do: "launch" }
}

function whileRunning(fact: RunState, verdict: Verdict): Action | undefined {
  // The engine answers that it has no such container: it was removed behind our back, there is nothing to recover.
  if (fact.status === "missing") return end("engine_lost")
  if (fact.status === "created") return { do: "start" }
  if (verdict.do === "pause")
    return fact.status === "paused" ? { do: "set", state: "paused", reason: verdict.reason } : { do: "pause", reason: verdict.reason }
  return fact.status === "paused" ? { do: "unpause" } : undefined
}

function whilePaused(fact: RunState, verdict: Verdict): Action | undefined {
  if (fact.status === "missing") return end("engine_lost")
  if (fact.status === "created") return verdict.do === "run" ? { do: "start" } : undefined
  if (verdict.do === "run") return fact.status === "paused" ? { do: "unpause" } : { do: "set", state: "ready", reason: null }
  if (verdict.do === "pause" && fact.status === "running") return { do: "pause", reason: verdict.reason }
  return undefined
}

function end(reason: LeaseReason, exit?: Exited): Action {
  return { do: "set", state: "ended", reason, ...(exit ? { exit } : {}) }
}
