import type { LeaseReason } from "@berth/protocol"
import { monotonicMs } from "../clock.ts"
import type { NodeConfig } from "../config.ts"
import { launch, prepare } from "./launch.ts"
import type { LeaseLoopModules } from "./lease-loop.ts"
import type { LiveLease } from "./live-lease.ts"
import type { Action } from "./reconcile.ts"

const DISK_REASONS: ReadonlySet<LeaseReason> = new Set(["disk_limit", "disk_full"])

/**
 * Does one action of `nextAction`: to the engine first, to the journal once the engine has done it. A stop is the other way round: what it is
 * for must outlive a crash.
 * @throws EngineUnavailable, RunnerError
 */
export async function perform(
  lease: LiveLease,
  action: Action,
  config: NodeConfig,
  modules: LeaseLoopModules,
  signal: AbortSignal,
): Promise<void> {
  const { runner, leases, disk } = modules
  switch (action.do) {
    case "prepare":
      return prepare(lease, config, modules)
    case "launch":
      await launch(lease, config, modules, signal)
      return
    case "start":
      if (lease.state === "accepted" || lease.state === "pulling")
        leases.change(lease, { state: "starting", ...(lease.prepared && { imageId: lease.prepared }) })
      await runner.start(lease.id)
      lease.started()
      leases.change(lease, { state: "ready", reason: null })
      return
    case "pause":
      await runner.pause(lease.id)
      lease.interruptMeter()
      leases.change(lease, { state: "paused", reason: action.reason })
      return
    case "unpause":
      await runner.unpause(lease.id)
      lease.interruptMeter()
      lease.lastActiveAt = monotonicMs()
      if (lease.state === "paused") leases.change(lease, { state: "ready", reason: null })
      return
    case "stop": {
      // Who fills the disk would only fill it further in its last seconds; while it is nearly full nobody may write, whatever it is ended for; and
      // for who is paused, for want of a signature or of money, the engine would go on while it ends, for nothing.
      const atOnce = DISK_REASONS.has(action.reason) || disk.critical || lease.state === "paused"
      leases.wishEnd(lease, action.reason)
      if (lease.live) leases.change(lease, { state: "stopping", reason: action.reason })
      await runner.stop(lease.id, atOnce ? 0 : config.stopGraceMs)
      return
    }
    case "remove":
      await runner.remove(lease.id)
      await runner.removeVolume(lease.id)
      leases.setRemoved(lease)
      return
    case "set":
      leases.change(lease, {
        state: action.state,
        reason: action.reason,
        ...(action.exit
          ? {
              exitCode: action.exit.code,
              detail: action.exit.oomKilled ? "out of memory" : action.exit.error || toldBefore(lease, action),
            }
          : {}),
      })
  }
}

/** What was to be said of the end that was decided, if it is the end that came. */
function toldBefore(lease: LiveLease, action: Action & { do: "set" }): string {
  return action.reason === lease.endWish ? lease.row.detail : ""
}
