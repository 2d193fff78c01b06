import { existsSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { type Address, bytesToHex, type Market } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { BaseError } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import { chainError } from "../chain/errors.ts"
import { lockDirectory } from "../lock.ts"
import { type AdminServer, serveAdmin } from "./admin.ts"
import { Anchoring } from "./anchoring.ts"
import { type Head, MarketReader } from "./chain/market-reader.ts"
import { Sender } from "./chain/sender.ts"
import { followEvents } from "./follow.ts"
import { Intake } from "./intake.ts"
import type { Logger } from "./log.ts"
import { Loop } from "./loop.ts"
import { type RecorderInput, type RecorderOptions, recorderOptionsSchema } from "./options.ts"
import { type RecordsHost, startRecordsHost } from "./p2p/records-handler.ts"
import { RateLimit } from "./rate-limit.ts"
import { ReservedDays } from "./reserved.ts"
import { type SettleReport, Settling } from "./settling.ts"
import type { OnStep } from "./steps.ts"
import { RecorderDatabase } from "./store/database.ts"
import { Marks } from "./store/marks.ts"
import { Outbox } from "./store/outbox.ts"
import { ReceiptStore } from "./store/receipts.ts"

/** A node of 1,000 tabs sends 500 receipts a second; one core verifies some 5,000. */
const PER_PEER = { perSecond: 1_000, burst: 10_000 }
const OF_NAMED = { perSecond: 4_000, burst: 20_000 }
const OF_OTHERS = { perSecond: 1_000, burst: 10_000 }

export interface RecorderStatus {
  readonly recorder: Address
  readonly peerId: string
  readonly addresses: readonly string[]
  readonly chainId: number
  readonly block: number
  /** Milliseconds since the chain was last read; `null` before the first time. */
  readonly lagMs: number | null
  readonly lastError: string | null
  readonly receipts: { readonly accepted: number; readonly rejected: number }
  readonly entriesWaiting: number
  readonly statementsOpen: number
  readonly transactionsPending: number
  readonly anchors: number
  readonly settlements: number
  readonly namedBy: number
}

export interface Recorder {
  status(): RecorderStatus
  /** Settles all statements of days that are over by chain time, and waits until the transactions are mined. */
  settleNow(options?: { readonly all?: boolean }): Promise<SettleReport>
  /** Settles when the recorder has stopped; rejects when it could not go on. */
  readonly stopped: Promise<void>
  stop(): Promise<void>
}

/**
 * Runs a recorder: takes countersigned receipts over libp2p, anchors their records block by block and settles each day.
 *
 * @param input see `recorderOptionsSchema`
 * @param privateKey pays gas and is the libp2p identity, 32 bytes; used by nothing else
 * @throws TryAgain when another recorder has the state directory; ChainUnavailable when the RPC does not answer at the start; Error when it serves
 * another chain
 * @example
 * const recorder = await runRecorder({ deployment, stateDir, listen: ["/ip4/127.0.0.1/tcp/0"] }, key, pino())
 * await recorder.settleNow()
 */
export async function runRecorder(input: RecorderInput, privateKey: Uint8Array, log: Logger, onStep: OnStep = () => {}): Promise<Recorder> {
  const options = recorderOptionsSchema.parse(input)
  mkdirSync(options.stateDir, { recursive: true, mode: 0o700 })
  // Two on one store would also share the gas key's nonces.
  const unlock = lockDirectory(options.stateDir, "recorder")
  try {
    return await runAlone(options, privateKey, log, onStep, unlock)
  } catch (error) {
    unlock()
    throw unanswered(error)
  }
}

async function runAlone(
  options: RecorderOptions,
  privateKey: Uint8Array,
  log: Logger,
  onStep: OnStep,
  unlock: () => void,
): Promise<Recorder> {
  const { deployment } = options
  const market: Market = { chainId: deployment.chainId, contract: lower(deployment.berth) }
  const reader = new MarketReader(options.rpcUrl ?? deployment.rpcUrl, market, {
    computeRecords: lower(deployment.computeRecords),
    reservations: lower(deployment.reservations),
  })
  const { origin } = await reader.check(BigInt(deployment.startBlock))
  const parts = assemble(options, market, privateKey, reader, origin, log, onStep)
  let host: RecordsHost | undefined
  let admin: AdminServer | undefined
  try {
    await parts.loop.tick()
    host = await startRecordsHost({ privateKey, listen: options.listen, announce: options.announce }, parts.intake, log)
    const running = host
    const status = () => statusOf(parts, running)
    const socket = options.socket ?? join(options.stateDir, "recorder.sock")
    // Left behind by one that was killed: whoever has the lock is alone.
    if (existsSync(socket)) rmSync(socket)
    admin = await serveAdmin(socket, { status, settleNow: (all) => parts.loop.settleNow(all) }, log)
    log.info({ ...status(), socket }, "recorder runs")
    const stopped = parts.loop.run()
    return {
      status,
      settleNow: (o = {}) => parts.loop.settleNow(o.all ?? false),
      stopped,
      async stop() {
        await admin?.close()
        await running.stop()
        parts.loop.end()
        await stopped
        parts.db.close()
        unlock()
      },
    }
  } catch (error) {
    await admin?.close()
    await host?.stop()
    parts.db.close()
    throw error
  }
}

function assemble(
  options: RecorderOptions,
  market: Market,
  privateKey: Uint8Array,
  reader: MarketReader,
  origin: string,
  log: Logger,
  onStep: OnStep,
) {
  const account = privateKeyToAccount(bytesToHex(privateKey))
  const recorder = lower(account.address)
  const db = new RecorderDatabase(options.stateDir, market, origin)
  const receipts = new ReceiptStore(db)
  const marks = new Marks(db)
  const outbox = new Outbox(db)
  const sender = new Sender({
    client: reader.client,
    account,
    chainId: market.chainId,
    outbox,
    confirmations: options.confirmations,
    log,
    onStep,
  })
  const shared = { db, receipts, marks, outbox, sender, reader, log, onStep }
  const { computeRecords, startBlock } = options.deployment
  const anchoring = new Anchoring({ ...shared, computeRecords: lower(computeRecords), recorder, maxBytes: options.maxAnchorBytes })
  const settling = new Settling(options, { ...shared, berth: market.contract })
  const intake = new Intake({
    ...{ market, ecdsa: nativeEcdsa, db, receipts, marks, onStep, onlyNamed: options.onlyNamed },
    limits: { named: new RateLimit(PER_PEER, OF_NAMED), others: new RateLimit(PER_PEER, OF_OTHERS) },
    fundsOf: (tabs) => reader.funds(tabs),
    reserved: new ReservedDays((days) => reader.daySigners(days)),
    chainTime: () => loop.head.timestamp,
  })
  const follow = (head: Head) =>
    followEvents(head, { ...shared, recorder, startBlock: BigInt(startBlock), onClosed: (signer, node) => intake.closed(signer, node) })
  const loop = new Loop({ reader, sender, anchoring, settling, outbox, follow, log, onStep }, options.pollMs, BigInt(startBlock))
  return { ...shared, recorder, market, intake, loop }
}

/** viem's word as ours: without the RPC's URL, and one that a supervisor tries again for. */
function unanswered(error: unknown): unknown {
  return error instanceof BaseError ? chainError("what a recorder begins with", error) : error
}

type Parts = ReturnType<typeof assemble>

function statusOf({ recorder, market, intake, loop, receipts, outbox, marks }: Parts, host: RecordsHost): RecorderStatus {
  const { anchor, settle } = outbox.counts()
  return {
    ...{ recorder, peerId: host.peerId, addresses: host.addresses(), chainId: market.chainId },
    ...{ block: Number(loop.head.number), lagMs: loop.lagMs, lastError: loop.lastError, receipts: { ...intake.counts } },
    ...{ entriesWaiting: receipts.countWaiting(), statementsOpen: receipts.countOpen(), transactionsPending: outbox.pending().length },
    ...{ anchors: anchor, settlements: settle, namedBy: marks.countNamed() },
  }
}

function lower(address: string): Address {
  return address.toLowerCase() as Address
}
