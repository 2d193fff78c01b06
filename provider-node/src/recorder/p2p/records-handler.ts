import { ProtocolError } from "@berth/protocol"
import { type CountersignedReceipt, errorToWire, RECORDS, RecordsRequest, RecordsResponse } from "@berth/protocol/wire"
import type { Connection, Stream } from "@libp2p/interface"
import { pbStream } from "@libp2p/utils"
import { createHost, type HostOptions } from "../../p2p/host.ts"
import { addressOfPeer } from "../../p2p/peer-id.ts"
import type { Peer } from "../intake.ts"
import type { Logger } from "../log.ts"

/** Receipts in one request. */
const MAX_RECEIPTS = 64
/** One connection a node, kept open between blocks. */
const MAX_CONNECTIONS = 1_000
/** A record takes at least two bytes on the wire and some hundred in memory: a frame of empty ones must not fill it. */
const MAX_RECORDS = 16_384

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
  options: Omit<HostOptions, "maxConnections">,
  taker: RecordsTaker,
  log: Logger,
): Promise<RecordsHost> {
  const host = await createHost({ ...options, maxConnections: MAX_CONNECTIONS })
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
  const signal = AbortSignal.timeout(RECORDS.timeoutMs)
  const frames = pbStream(stream, { maxDataLength: RECORDS.maxFrame })
  try {
    const response = await respond(frames.read(RecordsRequest, { signal, limits: LIMITS }), peer, taker, log)
    await frames.write(response, RecordsResponse, { signal })
    await stream.close({ signal })
  } catch (error) {
    log.debug({ peer: peer.id, reason: (error as Error).message }, "records stream aborted")
    stream.abort(error as Error)
  }
}

async function respond(request: Promise<RecordsRequest>, peer: Peer, taker: RecordsTaker, log: Logger): Promise<RecordsResponse> {
  try {
    const { submit } = await request.catch(toProtocolError)
    const { accepted, error } = await taker.submit(peer, submit)
    if (error) log.debug({ peer: peer.id, code: error.code, field: error.field, accepted, of: submit.length }, error.message)
    return error ? { accepted, error: errorToWire(error) } : { accepted }
  } catch (error) {
    if (!(error instanceof ProtocolError)) log.error({ peer: peer.id, err: error }, "could not take receipts")
    return { accepted: 0, error: errorToWire(error) }
  }
}

const LIMITS = { submit: MAX_RECEIPTS, submit$: { proposal: { records: MAX_RECORDS, terms: MAX_RECORDS } } }

function toProtocolError(error: Error): never {
  if (/length/i.test(error.name))
    throw new ProtocolError("too_large", `a request is at most ${RECORDS.maxFrame} bytes and ${MAX_RECEIPTS} receipts`)
  if (error.name === "AbortError" || error.name === "TimeoutError") throw new ProtocolError("timeout", "the request did not come in time")
  throw new ProtocolError("malformed", "the request can't be decoded", { cause: error })
}
