import { bytesToHex, isEnded, ProtocolError } from "@berth/protocol"
import { expectSize, LEASE, type LeaseRef, LeaseRequest, LeaseResponse } from "@berth/protocol/wire"
import type { PeerId } from "@libp2p/interface"
import type { CloseDesk } from "../lease/close-desk.ts"
import type { LeaseDesk } from "../lease/lease-desk.ts"
import type { LeaseLoop } from "../lease/lease-loop.ts"
import type { LiveLease } from "../lease/live-lease.ts"
import type { LeaseTable } from "../lease/table.ts"
import type { Channel } from "./channel.ts"
import type { Protocol } from "./serve.ts"
import { checkSession, type Session, type SessionRules } from "./session.ts"

export interface LeaseModules {
  readonly session: SessionRules
  readonly desk: LeaseDesk
  readonly closes: CloseDesk
  readonly leases: LeaseTable
  readonly loop: LeaseLoop
  /** A lease was opened: its first receipt is made at once. */
  readonly onOpened: (lease: LiveLease) => void
}

const answer = (part: Partial<LeaseResponse>): LeaseResponse => ({ leases: [], nodeSignature: new Uint8Array(), ...part })
const statusOf = (leases: readonly LiveLease[]): LeaseResponse => answer({ leases: leases.map((l) => l.status()) })

/** /berth/lease/1: open, stop, status, resume, list, close: one answer each; watch: one at each change until the lease has ended. */
export function leaseProtocol(modules: LeaseModules): Protocol<LeaseRequest, LeaseResponse> {
  return {
    limits: LEASE,
    maxRequest: LEASE.maxFrame,
    request: LeaseRequest,
    response: LeaseResponse,
    error: (error) => answer({ error }),
    async handle(channel, peer) {
      const request = await channel.read()
      if (request.watch) return watch(channel, findLease(request, request.watch, peer, modules), modules)
      await channel.write(await respond(request, peer, modules))
    },
  }
}

async function respond(request: LeaseRequest, peer: PeerId, modules: LeaseModules): Promise<LeaseResponse> {
  const session = checkSession(request.session, peer, modules.session)
  const { desk, closes, leases, loop } = modules
  if (request.open) {
    const lease = await desk.open(session, request.open)
    if (lease.state === "accepted") modules.onOpened(lease)
    return { ...statusOf([lease]), nodeSignature: lease.row.deal.nodeSignature }
  }
  if (request.stop) {
    const lease = ownLease(session, request.stop, leases)
    leases.wishEnd(lease, "tenant_stopped")
    void loop.settle(lease)
    return statusOf([lease])
  }
  if (request.status) return statusOf([ownLease(session, request.status, leases)])
  if (request.resume) {
    const lease = ownLease(session, request.resume, leases)
    void loop.settle(lease)
    return statusOf([lease])
  }
  if (request.list) return statusOf(leases.ofTab(session.tab).slice(-MAX_LISTED))
  if (request.close) return answer({ close: await closes.close(session, request.close.deadline) })
  throw new ProtocolError("unsupported", "this node knows open, stop, status, watch, resume, list and close")
}

/** As many as fit a frame. */
const MAX_LISTED = 100

async function watch(channel: Channel<LeaseRequest, LeaseResponse>, lease: LiveLease, { leases }: LeaseModules): Promise<void> {
  let changed = Promise.withResolvers<void>()
  const off = leases.onChange.on((other) => {
    if (other === lease) changed.resolve()
  })
  const stop = () => changed.resolve()
  channel.closed.addEventListener("abort", stop)
  try {
    while (!channel.closed.aborted) {
      changed = Promise.withResolvers()
      await channel.write(statusOf([lease]))
      if (isEnded(lease.state)) return
      await changed.promise
    }
  } finally {
    off()
    channel.closed.removeEventListener("abort", stop)
  }
}

function findLease(request: LeaseRequest, ref: LeaseRef, peer: PeerId, modules: LeaseModules): LiveLease {
  return ownLease(checkSession(request.session, peer, modules.session), ref, modules.leases)
}

/** A lease of the session's tab. @throws ProtocolError `no_lease`, also for another tenant's: nobody learns what others run */
export function ownLease(session: Session, ref: LeaseRef, leases: LeaseTable): LiveLease {
  expectSize(ref.leaseId, 32, "leaseId")
  const id = bytesToHex(ref.leaseId)
  const lease = leases.ofTab(session.tab).find((l) => l.id === id)
  if (!lease) throw new ProtocolError("no_lease", `this tab has no lease ${id} at this node`)
  return lease
}
