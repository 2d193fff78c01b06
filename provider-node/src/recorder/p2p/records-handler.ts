import { ProtocolError } from "@berth/protocol"
import { type CountersignedReceipt, errorToWire, RECORDS, RecordsRequest, RecordsResponse } from "@berth/protocol/wire"
import type { Connection, Stream } from "@libp2p/interface"
import { Channel, type Codec } from "../../p2p/channel.ts"
import { Held, type HeldLimits } from "../../p2p/held.ts"
import { createHost, type HostOptions } from "../../p2p/host.ts"
import { addressOfPeer } from "../../p2p/peer-id.ts"
import { MAX_RECORDS_A_REQUEST } from "../../p2p/records.ts"
import type { Peer } from "../intake.ts"
import type { Logger } from "../log.ts"

/** Receipts in one request. */
const MAX_RECEIPTS = 64
/** One connection a node, kept open between blocks. */
export const MAX_CONNECTIONS = 1_000
/** A request of each node, and a hundred of the largest kind; what is above waits in its node's journal. */
export const RECORDER_HELD: HeldLimits = { maxBytes: 128 * 2 ** 20, maxStreams: 1_024 }
/** Of this protocol four, and libp2p's own. */
const STREAMS_EACH = 16
/** In memory, beside the frame that Channel counts. */
const RECORD_BYTES = 256
const RECEIPT_BYTES = 2_048
/** More than a node puts into a receipt. A record takes at least two bytes on the wire and some hundred in memory. */
const MAX_RECORDS = 4_096

export interface RecordsTaker {
  submit(peer: Peer, receipts: readonly CountersignedReceipt[]): Promise<{ accepted: number; error?: ProtocolError }>
}

export interface RecordsHost {
  readonly peerId: string
  addresses(): string[]
  stop(): Promise<void>
}

/**
 * Serves /berth/records/1: one request, one answer, one stream. Whatever a stranger sends, the stream ends and the recorder goes on.
 * The identity is the gas key: PeerId and recorder address are one, so nodes know whom they hand receipts to.
 */
export async function startRecordsHost(
  options: Pick<HostOptions, "privateKey" | "listen" | "announce">,
  taker: RecordsTaker,
  log: Logger,
): Promise<RecordsHost> {
  const held = new Held(RECORDER_HELD)
  const host = await createHost({ ...options, held, maxConnections: MAX_CONNECTIONS, maxStreamsEach: STREAMS_EACH })
  await host.handle(RECORDS.id, (stream, connection) => answer(stream, connection, taker, log), {
    maxInboundStreams: RECORDS.maxStreams,
    runOnLimitedConnection: true,
  })
  await host.start()
  return {
    peerId: host.peerId.toString(),
    addresses: () => host.getMultiaddrs().map(String),
    stop: async () => host.stop(),
  }
}

async function answer(stream: Stream, connection: Connection, taker: RecordsTaker, log: Logger): Promise<void> {
  const peer = { id: connection.remotePeer.toString(), node: addressOfPeer(connection.remotePeer) }
  const channel: RecordsChannel = new Channel(stream, RECORDS, { in: REQUEST, out: RecordsResponse })
  try {
    await channel.write(await respond(channel, peer, taker, log), RECORDS.timeoutMs)
    await channel.close()
    channel.linger(RECORDS.timeoutMs)
  } catch (error) {
    log.debug({ peer: peer.id, reason: (error as Error).message }, "records stream aborted")
    channel.abort(error as Error)
  }
}

type RecordsChannel = Channel<RecordsRequest, Partial<RecordsResponse>>

async function respond(channel: RecordsChannel, peer: Peer, taker: RecordsTaker, log: Logger): Promise<RecordsResponse> {
  try {
    const { submit } = await channel.read()
    if (submit.reduce((sum, { proposal }) => sum + sizeOf(proposal), 0) > MAX_RECORDS_A_REQUEST)
      throw new ProtocolError("too_large", `a request has at most ${MAX_RECORDS_A_REQUEST} records: send its receipts in several`)
    channel.hold(submit.reduce((sum, { proposal }) => sum + RECEIPT_BYTES + RECORD_BYTES * sizeOf(proposal), 0))
    const { accepted, error } = await taker.submit(peer, submit)
    if (error) log.debug({ peer: peer.id, code: error.code, field: error.field, accepted, of: submit.length }, error.message)
    return error ? { accepted, error: errorToWire(error) } : { accepted }
  } catch (error) {
    if (!(error instanceof ProtocolError)) log.error({ peer: peer.id, err: error }, "could not take receipts")
    return { accepted: 0, error: errorToWire(error) }
  }
}

const LIMITS = { submit: MAX_RECEIPTS, submit$: { proposal: { records: MAX_RECORDS, terms: MAX_RECORDS } } }

const REQUEST: Codec<RecordsRequest> = {
  encode: RecordsRequest.encode,
  decode(frame) {
    try {
      return RecordsRequest.decode(frame, { limits: LIMITS })
    } catch (cause) {
      if (!/length/i.test((cause as Error).name)) throw cause
      throw new ProtocolError("too_large", `a request has at most ${MAX_RECEIPTS} receipts of ${MAX_RECORDS} records each`, { cause })
    }
  },
}

function sizeOf(proposal: CountersignedReceipt["proposal"]): number {
  return proposal ? proposal.records.length + proposal.terms.length : 0
}
