import { ProtocolError } from "@berth/protocol"
import { errorFromWire, LEASE, LeaseRequest, LeaseResponse, type LeaseStatus, type SessionProof } from "@berth/protocol/wire"
import type { Callee, P2pHost } from "./host.ts"
import { asP2pError } from "./p2p-error.ts"

/** A node called about one tab: how to reach it, and a proof that we may. */
export interface TabLine {
  readonly host: P2pHost
  readonly callee: Callee
  /** A proof that is good now. */
  session(): SessionProof
}

/**
 * One request on the lease protocol and its one answer. Throws the node's typed error.
 * @param onSent called once the node may get the request: what fails before never reached it
 */
export async function askLease(
  line: TabLine,
  request: Omit<LeaseRequest, "session">,
  signal?: AbortSignal,
  onSent: () => void = () => {},
): Promise<LeaseResponse> {
  const frames = await line.host.open(line.callee, LEASE, signal)
  try {
    onSent()
    await frames.write(LeaseRequest.encode({ ...request, session: line.session() }), signal)
    const answer = LeaseResponse.decode(await frames.read(signal))
    if (answer.error) throw errorFromWire(answer.error)
    return answer
  } catch (error) {
    throw asP2pError(error, line.callee)
  } finally {
    frames.abort()
  }
}

/** The lease's status at every change until it has ended. */
export async function* watchLease(line: TabLine, leaseId: Uint8Array, signal?: AbortSignal): AsyncGenerator<LeaseStatus> {
  const frames = await line.host.open(line.callee, LEASE, signal)
  try {
    await frames.write(LeaseRequest.encode({ watch: { leaseId }, session: line.session() }), signal)
    for (;;) {
      const answer = LeaseResponse.decode(await frames.wait(signal))
      if (answer.error) throw errorFromWire(answer.error)
      const status = answer.leases[0]
      if (!status) throw new ProtocolError("malformed", `node ${line.callee.node} sent a status without a lease`)
      yield status
      if (status.state === "ended") return
    }
  } catch (error) {
    throw asP2pError(error, line.callee)
  } finally {
    frames.abort()
  }
}
