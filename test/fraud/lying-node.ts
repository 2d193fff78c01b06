// A node made of protocol code only, that says to an agent whatever a test wants. It quotes, accepts leases and runs nothing.
import { randomBytes } from "node:crypto"
import {
  type Address,
  addressOfKey,
  type Books,
  bytesToHex,
  type Claim,
  dayOf,
  digestOf,
  emptyBooks,
  equalBytes,
  leaseId,
  type Market,
  type Proposal,
  type PublicTerms,
  priced,
  privateTermsHash,
  propose,
  publicTermsHash,
  type Quote,
  quoteDigest,
  receiptDigest,
  tabId,
  windowAmount,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import {
  type CloseAgreement,
  LEASE,
  type LeaseOpen,
  LeaseRequest,
  LeaseResponse,
  openProposal,
  type ProtocolLimits,
  proposalToWire,
  QUOTE,
  QuoteRequest,
  QuoteResponse,
  quoteFromWire,
  quoteToWire,
  RECEIPT,
  ReceiptDown,
  ReceiptUp,
  type WireProposal,
} from "@berth/protocol/wire"
import type { Libp2p } from "@libp2p/interface"
import { Channel, type Codec } from "../../provider-node/src/p2p/channel.ts"
import { createHost } from "../../provider-node/src/p2p/host.ts"
import { type FaultWorld, type NodeSetup, PRICE } from "../support/fault-world.ts"

const WINDOW_MS = 60_000
/** Credits of a window of one unit. */
export const WINDOW = windowAmount(WINDOW_MS, 1, PRICE)
type Receipts = Channel<ReceiptUp, ReceiptDown>

export class LyingNode {
  readonly setup: NodeSetup
  readonly market: Market
  /** As an honest node would keep them: moved on by `agreed`. */
  books!: Books
  terms!: PublicTerms
  /** Credits at which it signs a close, whatever was used. */
  closeAt = 0n
  /** Breaks the line in place of an answer to an opening, which it took before or not at all. */
  breaksOpening: "taken" | "not taken" | undefined
  readonly #taken: Uint8Array[] = []
  readonly #world: FaultWorld
  readonly #host: Libp2p
  #stream = Promise.withResolvers<Receipts>()

  private constructor(world: FaultWorld, setup: NodeSetup, host: Libp2p) {
    this.#world = world
    this.setup = setup
    this.market = world.market.market
    this.#host = host
  }

  /** With enough stake that a window of its work is paid ahead, or with `stake` credits. */
  static async start(world: FaultWorld, stake = WINDOW * 100n): Promise<LyingNode> {
    const setup = await world.node()
    if (stake > 0n) await world.market.stake(setup, stake)
    const listen = setup.settings.listen as string[]
    const host = await createHost({ privateKey: setup.key, listen, announce: [], maxConnections: 50 })
    const node = new LyingNode(world, setup, host)
    await node.#serve<QuoteRequest, QuoteResponse>(QUOTE, { in: QuoteRequest, out: QuoteResponse }, async (channel) => {
      await channel.write(await node.#quote(await channel.read()))
    })
    await node.#serve<LeaseRequest, LeaseResponse>(LEASE, { in: LeaseRequest, out: LeaseResponse }, (channel) => node.#lease(channel))
    await node.#serve<ReceiptUp, ReceiptDown>(RECEIPT, { in: ReceiptUp, out: ReceiptDown }, async (channel) => {
      await channel.read()
      await channel.write({ synced: { seq: node.books?.seq ?? 0 } })
      node.#stream.resolve(channel)
    })
    await host.start()
    return node
  }

  async stop(): Promise<void> {
    await this.#host.stop()
  }

  /** Sends a proposal and gives the agent's answer to it. */
  async ask(proposal: WireProposal): Promise<ReceiptUp> {
    const stream = await this.#stream.promise
    await stream.write({ proposal })
    return stream.read()
  }

  /** An honest next claim: the lease has worked `ms` more at the chain's newest block. */
  async claim(ms: bigint, books = this.books): Promise<Claim> {
    const { number: block, timestamp } = await this.#world.chain.client.getBlock()
    const isNew = !books.leases.has(this.terms.leaseNo)
    const usage = {
      block,
      leaseNo: this.terms.leaseNo,
      cumulativeMs: (books.leases.get(this.terms.leaseNo) ?? 0n) + ms,
      requests: 0,
      tokens: 0n,
    }
    const known = isNew ? { ...books, leases: new Map([[this.terms.leaseNo, 0n]]) } : books
    return {
      seq: books.seq + 1,
      day: dayOf(timestamp),
      block,
      advance: windowAmount(WINDOW_MS, 1, PRICE),
      terms: isNew ? [{ leaseNo: this.terms.leaseNo, publicTermsHash: publicTermsHash(this.terms) }] : [],
      records: ms > 0n ? priced(known, [usage], () => PRICE) : [],
    }
  }

  /** A proposal with the node's signature, honest or not. */
  sign(proposal: Omit<Proposal, "next">, market = this.market): WireProposal {
    return proposalToWire(proposal, nativeEcdsa.sign(receiptDigest(market, proposal.receipt), this.setup.key))
  }

  /** The node's genuine signature under whatever these fields say; under fields of a wrong size there can be none. */
  signAgain(wire: WireProposal): WireProposal {
    const bytes = [wire.treeRoot, wire.previousDayRecordsHash, ...wire.terms.map((t) => t.publicTermsHash)]
    if (wire.nodeSignature.length !== 64 || bytes.some((b) => b.length !== 32)) return wire
    return this.sign(openProposal(this.books, { ...wire, nodeSignature: new Uint8Array(64) }))
  }

  async honest(ms: bigint): Promise<{ proposal: Proposal; wire: WireProposal }> {
    const proposal = propose(this.books, await this.claim(ms))
    return { proposal, wire: this.sign(proposal) }
  }

  /** An honest receipt that the agent signs; the books go on. */
  async agree(ms: bigint): Promise<{ proposal: Proposal; wire: WireProposal; answer: ReceiptUp }> {
    const { proposal, wire } = await this.honest(ms)
    const answer = await this.ask(wire)
    if (answer.countersignature) this.books = proposal.next
    return { proposal, wire, answer }
  }

  async #serve<In, Out>(
    limits: ProtocolLimits,
    codecs: { in: Codec<In>; out: Codec<Out> },
    talk: (channel: Channel<In, Out>) => Promise<void>,
  ) {
    await this.#host.handle(limits.id, (stream) => talk(new Channel(stream, limits, codecs)).catch((error) => stream.abort(error)))
  }

  async #quote(request: QuoteRequest): Promise<QuoteResponse> {
    const { timestamp } = await this.#world.chain.client.getBlock()
    const quote: Quote = {
      node: this.setup.address,
      tenant: bytesToHex(request.tenant),
      class: request.class,
      count: request.count,
      price: PRICE,
      meter: 0,
      window: WINDOW_MS,
      pause: WINDOW_MS,
      stop: WINDOW_MS,
      idle: WINDOW_MS,
      startPrice: windowAmount(WINDOW_MS, request.count, PRICE),
      pullLimit: 1n,
      volumePrice: 0n,
      retention: 0,
      expires: timestamp + 300n,
      nonce: new Uint8Array(randomBytes(32)),
    }
    return {
      quote: quoteToWire(quote, nativeEcdsa.sign(quoteDigest(this.market, quote), this.setup.key)),
      freeUnits: 9,
      imagePresent: true,
    }
  }

  async #lease(channel: Channel<LeaseRequest, LeaseResponse>): Promise<void> {
    const { open, watch, list, close, session } = await channel.read()
    const status = (id: Uint8Array) => ({
      ...{ leaseId: id, leaseNo: 1, state: "ready", reason: "", exited: false, exitCode: 0, detail: "", activeMs: 0n },
      ...{ pulledBytes: 0n, pullTotalBytes: 0n, imageId: "", unknown: false },
    })
    if (open) {
      if (this.breaksOpening === "not taken") throw new Error("this node breaks the line")
      const id = this.#accept(open, bytesToHex(session!.signer))
      if (!this.#taken.some((t) => equalBytes(t, id))) this.#taken.push(id)
      if (this.breaksOpening) throw new Error("this node breaks the line")
      await channel.write({ leases: [status(id)], nodeSignature: nativeEcdsa.sign(id, this.setup.key) } as LeaseResponse)
    } else if (watch) await channel.write({ leases: [status(watch.leaseId)] } as LeaseResponse)
    else if (list) await channel.write({ leases: this.#taken.map(status) } as LeaseResponse)
    else if (close) await channel.write({ leases: [], close: this.#close(bytesToHex(session!.signer), close.deadline) } as never)
  }

  #close(signer: Address, deadline: bigint): CloseAgreement {
    const amount = this.closeAt
    const digest = digestOf(this.market, "TabClose", { signer, node: this.setup.address, amount, deadline })
    return { amount, deadline, signature: nativeEcdsa.sign(digest, this.setup.key) }
  }

  #accept({ leaseNo, start, clientId, privateTerms, quote: wire }: LeaseOpen, signer: Address): Uint8Array {
    const { quote } = quoteFromWire(wire!)
    const { price, window, pause, stop, idle, meter, count } = quote
    const tab = tabId(this.market, signer, addressOfKey(this.setup.key))
    this.terms = { tab, leaseNo, class: quote.class, count, price, meter, start, window, pause, stop, idle }
    this.books = emptyBooks(tab, this.setup.address)
    return leaseId(this.market, {
      terms: this.terms,
      clientId,
      privateHash: privateTermsHash(privateTerms),
      quoteHash: quoteDigest(this.market, quote),
    })
  }
}
