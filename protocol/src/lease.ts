/** States of a lease, in the order in which a healthy one passes them. */
export const LEASE_STATES = ["quoted", "accepted", "pulling", "starting", "ready", "idle", "paused", "stopping", "ended"] as const
/** A state of `LEASE_STATES`. */
export type LeaseState = (typeof LEASE_STATES)[number]

/** Why a lease ended (or is paused). One table for node, SDK, GraphQL and console. */
export const LEASE_REASONS = {
  tenant_stopped: "the tenant stopped it",
  completed: "the container ended by itself with an exit code",
  failed_to_start: "the image could not be pulled or the container not started",
  no_signature: "receipts were not countersigned in time",
  no_funds: "the tab's deposit does not cover what runs plus one window",
  idle: "nothing was active for the lease's idle time",
  node_drained: "the node's operator drained it",
  device_lost: "a leased device disappeared",
  engine_lost: "the container engine was lost and the container not recovered",
  expired: "the tab was closed or the lease's time was over",
  made_way: "its units are reserved for somebody else from this day on",
  disk_limit: "its container wrote more than the node lets a lease keep on its disk",
  disk_full: "the node's disk ran full",
} as const
/** A reason of `LEASE_REASONS`. */
export type LeaseReason = keyof typeof LEASE_REASONS

const NEXT: Record<LeaseState, readonly LeaseState[]> = {
  quoted: ["accepted", "ended"],
  accepted: ["pulling", "starting", "stopping", "ended"],
  pulling: ["starting", "stopping", "ended"],
  starting: ["ready", "stopping", "ended"],
  ready: ["idle", "paused", "stopping", "ended"],
  idle: ["ready", "paused", "stopping", "ended"],
  paused: ["ready", "stopping", "ended"],
  stopping: ["ended"],
  ended: [],
}

/** Whether a lease in `from` may become `to`. Staying is no change and always allowed. */
export function mayBecome(from: LeaseState, to: LeaseState): boolean {
  return from === to || NEXT[from].includes(to)
}

/** States in which a container may be active and is therefore metered. */
export function isRunning(state: LeaseState): boolean {
  return state === "ready" || state === "idle"
}

/** Whether nothing runs any more and nothing will. */
export function isEnded(state: LeaseState): boolean {
  return state === "ended"
}
