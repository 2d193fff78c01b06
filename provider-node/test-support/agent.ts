// A tenant's agent for the node's own tests, made of protocol code only. The SDK's agent is another program.
import { randomBytes } from "node:crypto"
import {
  type Address,
  addressOfKey,
  type Books,
  canonicalJson,
  dayClaimDigest,
  emptyBooks,
  hexToBytes,
  keccak,
  leaseId,
  type Market,
  type PrivateTerms,
  ProtocolError,
  packServed,
  privateTermsHash,
  quoteDigest,
  receiptDigest,
  sessionDigest,
  tabId,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import {
  type Countersignature,
  checkProposal,
  dayClaimToWire,
  errorFromWire,
  FILES,
  FilesChunk,
  FilesRequest,
  LEASE,
  LeaseRequest,
  LeaseResponse,
  type LeaseStatus,
  LOGS,
  LogsChunk,
  LogsRequest,
  type ProtocolLimits,
  QUOTE,
  QuoteRequest,
  QuoteResponse,
  quoteFromWire,
  RECEIPT,
  RESERVATION,
  ReceiptDown,
  ReceiptUp,
  ReservationRequest,
  ReservationResponse,
  type ReservationStatus,
  type SessionProof,
  type SignedQuote,
  type WireProposal,
} from "@berth/protocol/wire"
import type { Libp2p } from "@libp2p/interface"
import { multiaddr } from "@multiformats/multiaddr"
import { Channel, type Codec } from "../src/p2p/channel.ts"
import { createHost } from "../src/p2p/host.ts"
import { Signal } from "../src/signal.ts"

export interface AgentOptions {
  readonly market: Market
  readonly tenant: Address
  readonly node: Address
  /** With /p2p/. */
  nodeAddress: string
  readonly signerKey: Uint8Array
  /** Chain time. */
  readonly now: () => Promise<bigint>
}

export interface OpenedLease {
  readonly id: Uint8Array
  readonly leaseNo: number
  readonly status: LeaseStatus
  readonly price: bigint
}

type ReceiptChannel = Channel<ReceiptDown, ReceiptUp>

/** One tab's agent: asks, opens, watches, and countersigns for as long as `signing` is true. */
export class TestAgent {
  readonly options: AgentOptions
  readonly signer: Address
  readonly tab: Uint8Array
  books: Books
  signing = true
  /** Bounds to answer with instead of a signature. */
  bounds: { leaseNo: number; cumulativeMs: bigint; ahead: bigint }[] | undefined
  /** Credits that it pays ahead at most; undefined: whatever is asked. */
  mostAhead: bigint | undefined
  lastCountersignature: Countersignature | undefined
  readonly proposals: WireProposal[] = []
  readonly errors: ProtocolError[] = []
  readonly onSigned = new Signal<Books>()
  readonly onProposal = new Signal<WireProposal>()
  readonly prices = new Map<number, bigint>()
  #host!: Libp2p
  #receipts: ReceiptChannel | undefined
  #nextNo = 1

  constructor(options: AgentOptions) {
    this.options = options
    this.signer = addressOfKey(options.signerKey)
    this.tab = tabId(options.market, this.signer, options.node)
    this.books = emptyBooks(this.tab, options.node)
  }

  async start(): Promise<this> {
    this.#host = await createHost({ privateKey: new Uint8Array(randomBytes(32)), listen: [], announce: [], maxConnections: 10 })
    await this.#host.start()
    return this
  }

  async stop(): Promise<void> {
    await this.#host.stop()
  }

  async channel<In, Out>(limits: ProtocolLimits, codecs: { in: Codec<In>; out: Codec<Out> }): Promise<Channel<In, Out>> {
    const signal = AbortSignal.timeout(10_000)
    return new Channel(await this.#host.dialProtocol(multiaddr(this.options.nodeAddress), limits.id, { signal }), limits, codecs)
  }

  async session(): Promise<SessionProof> {
    const expires = (await this.options.now()) + 3_000n
    const peer = keccak(this.#host.peerId.toMultihash().bytes)
    const digest = sessionDigest(this.options.market, { signer: this.signer, node: this.options.node, peer, expires })
    return { signer: hexToBytes(this.signer), expires, signature: nativeEcdsa.sign(digest, this.options.signerKey) }
  }

  async quote(request: Partial<QuoteRequest> = {}): Promise<QuoteResponse> {
    const channel = await this.channel<QuoteResponse, QuoteRequest>(QUOTE, { in: QuoteResponse, out: QuoteRequest })
    await channel.write({
      tenant: hexToBytes(this.options.tenant),
      class: "cpu/x86-64",
      count: 1,
      image: "",
      reservation: new Uint8Array(),
      ...request,
    })
    const answer = await channel.read()
    await channel.close()
    if (answer.error) throw errorFromWire(answer.error)
    return answer
  }

  async reservation(request: ReservationRequest): Promise<ReservationResponse> {
    const channel = await this.channel<ReservationResponse, ReservationRequest>(RESERVATION, {
      in: ReservationResponse,
      out: ReservationRequest,
    })
    await channel.write(request)
    const answer = await channel.read()
    await channel.close()
    if (answer.error) throw errorFromWire(answer.error)
    return answer
  }

  /** Signs for days of a reservation and hands it in. */
  async claim(reservation: bigint, firstDay: number, minutes: readonly number[]): Promise<ReservationStatus> {
    const claim = { reservation, firstDay, served: packServed(minutes) }
    const signature = nativeEcdsa.sign(dayClaimDigest(this.options.market, claim), this.options.signerKey)
    return (await this.reservation({ claim: dayClaimToWire(claim, signature) })).status!
  }

  async lease(request: Partial<LeaseRequest>): Promise<LeaseResponse> {
    const channel = await this.channel<LeaseResponse, LeaseRequest>(LEASE, { in: LeaseResponse, out: LeaseRequest })
    await channel.write({ ...request, session: request.session ?? (await this.session()) })
    const answer = await channel.read()
    await channel.close()
    if (answer.error) throw errorFromWire(answer.error)
    return answer
  }

  /** The request that opens a lease; sent twice it gives the same one. */
  async openRequest(privateTerms: PrivateTerms, signed?: SignedQuote) {
    const wire = signed ?? (await this.quote({ image: privateTerms.image })).quote!
    const { quote } = quoteFromWire(wire)
    const leaseNo = this.#nextNo++
    const start = await this.options.now()
    const clientId = new Uint8Array(randomBytes(16))
    const json = canonicalJson(privateTerms)
    const { price, window, pause, stop, idle, meter, count } = quote
    const terms = { tab: this.tab, leaseNo, class: quote.class, count, price, meter, start, window, pause, stop, idle }
    const { market, signerKey } = this.options
    const id = leaseId(market, { terms, clientId, privateHash: privateTermsHash(json), quoteHash: quoteDigest(market, quote) })
    this.prices.set(leaseNo, price)
    const open = { leaseNo, start, clientId, privateTerms: json, quote: wire, signature: nativeEcdsa.sign(id, signerKey) }
    return { id, leaseNo, price, open }
  }

  async open(privateTerms: PrivateTerms): Promise<OpenedLease> {
    const { open, ...lease } = await this.openRequest(privateTerms)
    const answer = await this.lease({ open })
    return { ...lease, status: answer.leases[0]! }
  }

  /** Every status of a lease until `until` says so or it has ended. */
  async watch(id: Uint8Array, until: (status: LeaseStatus) => boolean = () => false): Promise<LeaseStatus> {
    const channel = await this.channel<LeaseResponse, LeaseRequest>(LEASE, { in: LeaseResponse, out: LeaseRequest })
    await channel.write({ session: await this.session(), watch: { leaseId: id } })
    for (;;) {
      const answer = await channel.read(true)
      if (answer.error) throw errorFromWire(answer.error)
      const status = answer.leases[0]!
      if (status.state === "ended" || until(status)) {
        channel.abort(new Error("seen enough"))
        return status
      }
    }
  }

  async logs(id: Uint8Array, options: { follow?: boolean; onFirst?: () => void } = {}): Promise<string> {
    const channel = await this.channel<LogsChunk, LogsRequest>(LOGS, { in: LogsChunk, out: LogsRequest })
    await channel.write({ session: await this.session(), leaseId: id, follow: options.follow ?? false, sinceNs: 0n, tail: 0 })
    let text = ""
    for (;;) {
      const piece = await channel.read(true)
      if (piece.error) throw errorFromWire(piece.error)
      if (piece.end) return text
      if (text === "") options.onFirst?.()
      text += Buffer.from(piece.data).toString()
    }
  }

  async file(id: Uint8Array, path: string): Promise<Buffer> {
    const channel = await this.channel<FilesChunk, FilesRequest>(FILES, { in: FilesChunk, out: FilesRequest })
    await channel.write({ session: await this.session(), leaseId: id, path })
    const parts: Uint8Array[] = []
    for (;;) {
      const piece = await channel.read(true)
      if (piece.error) throw errorFromWire(piece.error)
      if (piece.end) return Buffer.concat(parts)
      parts.push(piece.data)
    }
  }

  /** Opens the receipt stream and answers on it until it ends. Resolves when the node has said where it stands. */
  async connect(): Promise<number> {
    const channel = await this.channel<ReceiptDown, ReceiptUp>(RECEIPT, { in: ReceiptDown, out: ReceiptUp })
    this.#receipts = channel
    const countersignature = this.lastCountersignature
    await channel.write({ session: await this.session(), ...(countersignature ? { countersignature } : {}) })
    const first = await channel.read()
    if (first.error) throw errorFromWire(first.error)
    void this.#answer(channel)
    return first.synced!.seq
  }

  disconnect(): void {
    this.#receipts?.abort(new Error("gone"))
  }

  async close(): Promise<{ amount: bigint; deadline: bigint; signature: Uint8Array }> {
    const answer = await this.lease({ close: { deadline: (await this.options.now()) + 3_600n } })
    return answer.close!
  }

  /** Resolves once the books satisfy the condition. */
  booksWhen(condition: (books: Books) => boolean): Promise<Books> {
    if (condition(this.books)) return Promise.resolve(this.books)
    return new Promise((resolve) => {
      const off = this.onSigned.on((books) => {
        if (!condition(books)) return
        off()
        resolve(books)
      })
    })
  }

  async #answer(channel: ReceiptChannel): Promise<void> {
    try {
      for (;;) {
        const down = await channel.read(true)
        if (down.error) throw errorFromWire(down.error)
        if (down.proposal) await this.#consider(channel, down.proposal)
      }
    } catch (error) {
      if (error instanceof ProtocolError && error.code !== "timeout") this.errors.push(error)
    }
  }

  async #consider(channel: ReceiptChannel, wire: WireProposal): Promise<void> {
    this.proposals.push(wire)
    this.onProposal.emit(wire)
    if (this.bounds) {
      const error = { code: "overclaim", message: "more than I saw", field: "records" }
      return channel.write({ disagreement: { seq: wire.seq, error, bounds: this.bounds } })
    }
    if (!this.signing) return
    if (this.mostAhead !== undefined && wire.amount - wire.used > this.mostAhead) {
      const error = { code: "overclaim", message: "more ahead than I pay", field: "amount" }
      const bounds = [...this.prices.keys()].map((leaseNo) => ({ leaseNo, cumulativeMs: 1n << 40n, ahead: this.mostAhead! }))
      return channel.write({ disagreement: { seq: wire.seq, error, bounds } })
    }
    try {
      const proposal = checkProposal(this.books, wire, (no) => this.prices.get(no)!)
      const signature = nativeEcdsa.sign(receiptDigest(this.options.market, proposal.receipt), this.options.signerKey)
      this.books = proposal.next
      this.lastCountersignature = { seq: wire.seq, signature }
      await channel.write({ countersignature: this.lastCountersignature })
      this.onSigned.emit(this.books)
    } catch (error) {
      this.errors.push(error as ProtocolError)
      const { code, message, field } = error as ProtocolError
      await channel.write({ disagreement: { seq: wire.seq, error: { code, message, field: field ?? "" }, bounds: [] } })
    }
  }
}
