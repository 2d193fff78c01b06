import type { ContainerInspectInfo } from "dockerode"
import type { RunState } from "../runner.ts"

/** The engine's account of one container, in our words. Anything not understood is `unknown`, never an end. Pure. */
export function stateOf(facts: Pick<ContainerInspectInfo, "State" | "NetworkSettings">): RunState {
  const state = facts.State
  switch (state.Status as string) {
    case "running":
    case "paused": {
      const address = Object.values(facts.NetworkSettings?.Networks ?? {}).find((network) => network.IPAddress)?.IPAddress ?? null
      return { status: state.Paused ? "paused" : "running", startedAt: new Date(state.StartedAt), address }
    }
    case "created":
    case "configured": // Podman's word
    case "initialized":
      // A start that failed leaves the container "created", with the reason.
      return state.Error ? ended(state) : { status: "created" }
    case "exited":
    case "stopped":
      return ended(state)
    default:
      return { status: "unknown", detail: `the engine says ${JSON.stringify(state.Status)}` }
  }
}

function ended(state: ContainerInspectInfo["State"]): RunState {
  return {
    status: "exited",
    code: state.ExitCode,
    oomKilled: state.OOMKilled,
    error: state.Error || null,
    finishedAt: new Date(state.FinishedAt),
  }
}
