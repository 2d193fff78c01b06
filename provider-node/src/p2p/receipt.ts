import { ProtocolError } from "@berth/protocol"
import { errorToWire, expectSize, type LeaseStatus, RECEIPT, ReceiptDown, ReceiptUp, type WireProposal } from "@berth/protocol/wire"
import type { Logger } from "pino"
import type { BlockLoop, ReceiptPeers } from "../books/block-loop.ts"
import type { TabAccount } from "../books/tab-account.ts"
import type { LeaseDesk } from "../lease/lease-desk.ts"
import type { LeaseTable } from "../lease/table.ts"
import type { Channel } from "./channel.ts"
import type { Protocol } from "./serve.ts"
import { checkSession, type SessionRules } from "./session.ts"

export interface ReceiptModules {
  readonly session: SessionRules
  readonly desk: LeaseDesk
  readonly leases: LeaseTable
  readonly loop: BlockLoop
  readonly maxTabs: number
  readonly log: Logger
}

type ReceiptChannel = Channel<ReceiptUp, ReceiptDown>

/** What waits to be written to one agent: the newest receipt and each lease's newest status. Nothing queues up behind a slow reader. */
interface Outgoing {
  readonly channel: ReceiptChannel
  readonly statuses: Map<number, LeaseStatus>
  proposal: WireProposal | undefined
  writing: boolean
}

/** The agents' receipt streams, one a tab. A newer stream takes an older one's place: the agent has come back. */
export class ReceiptStreams implements ReceiptPeers {
  readonly #streams = new Map<string, Outgoing>()

  get size(): number {
    return this.#streams.size
  }

  connected(tab: string): boolean {
    return this.#streams.has(tab)
  }

  send(tab: string, proposal: WireProposal): boolean {
    const stream = this.#streams.get(tab)
    if (!stream || stream.channel.closed.aborted) return false
    stream.proposal = proposal
    void this.#pump(stream)
    return true
  }

  sendStatus(tab: string, status: LeaseStatus): void {
    const stream = this.#streams.get(tab)
    if (!stream) return
    stream.statuses.set(status.leaseNo, status)
    void this.#pump(stream)
  }

  add(tab: string, channel: ReceiptChannel): void {
    this.#streams.get(tab)?.channel.abort(new Error("a newer stream of this tab took over"))
    this.#streams.set(tab, { channel, statuses: new Map(), proposal: undefined, writing: false })
  }

  remove(tab: string, channel: ReceiptChannel): void {
    if (this.#streams.get(tab)?.channel === channel) this.#streams.delete(tab)
  }

  async #pump(stream: Outgoing): Promise<void> {
    if (stream.writing) return
    stream.writing = true
    try {
      for (let message = next(stream); message; message = next(stream)) await stream.channel.write(message, RECEIPT.timeoutMs)
    } catch (error) {
      stream.channel.abort(error as Error)
    } finally {
      stream.writing = false
    }
  }
}

function next(stream: Outgoing): ReceiptDown | undefined {
  const { proposal } = stream
  stream.proposal = undefined
  if (proposal) return { proposal }
  const [first] = stream.statuses
  if (!first) return undefined
  stream.statuses.delete(first[0])
  return { status: first[1] }
}

/** /berth/receipt/1: proposals down, countersignatures up, for as long as the agent is there. */
export function receiptProtocol(streams: ReceiptStreams, modules: ReceiptModules): Protocol<ReceiptUp, ReceiptDown> {
  return {
    limits: RECEIPT,
    maxRequest: 32 * 1024,
    request: ReceiptUp,
    response: ReceiptDown,
    error: (error) => ({ error }),
    async handle(channel, peer) {
      const first = await channel.read()
      const session = checkSession(first.session, peer, modules.session)
      const account = await modules.desk.account(session)
      if (streams.size >= modules.maxTabs && !streams.connected(account.tab))
        throw new ProtocolError("rate_limited", "this node serves as many tabs as it may: try later")
      await converse(channel, first, account, streams, modules)
    },
  }
}

async function converse(
  channel: ReceiptChannel,
  first: ReceiptUp,
  account: TabAccount,
  streams: ReceiptStreams,
  modules: ReceiptModules,
): Promise<void> {
  const { leases, loop, log } = modules
  await adoptFirst(first, account, loop)
  await channel.write({ synced: { seq: account.books.seq } })
  streams.add(account.tab, channel)
  const off = leases.onChange.on((lease) => {
    if (lease.row.deal.tab === account.tab) streams.sendStatus(account.tab, lease.status())
  })
  try {
    loop.connected(account)
    for (;;) {
      const up = await channel.read(true).catch((error: unknown) => {
        if (channel.closed.aborted || (error as ProtocolError).code === "timeout") return undefined
        throw error
      })
      if (!up) return
      receive(up, account, loop)
    }
  } catch (error) {
    log.warn({ tab: account.tab, ...errorToWire(error) }, "a receipt stream ended with an error")
    throw error
  } finally {
    off()
    streams.remove(account.tab, channel)
  }
}

/** The last countersignature that the agent made: if its answer was lost, this is where it is found again. */
async function adoptFirst({ countersignature }: ReceiptUp, account: TabAccount, loop: BlockLoop): Promise<void> {
  if (!countersignature) return
  expectSize(countersignature.signature, 64, "signature")
  loop.countersigned(account, countersignature)
  loop.commit()
}

function receive(up: ReceiptUp, account: TabAccount, loop: BlockLoop): void {
  if (up.countersignature) {
    expectSize(up.countersignature.signature, 64, "signature")
    loop.countersigned(account, up.countersignature)
  } else if (up.disagreement) loop.disagreed(account, up.disagreement)
  else throw new ProtocolError("unsupported", "this node knows countersignature and disagreement")
}
