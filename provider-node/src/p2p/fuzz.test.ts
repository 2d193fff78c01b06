import { randomBytes } from "node:crypto"
import { LEASE, type ProtocolLimits, QUOTE, QuoteResponse, RECORDS } from "@berth/protocol/wire"
import type { Libp2p, Stream } from "@libp2p/interface"
import { multiaddr } from "@multiformats/multiaddr"
import { expect } from "chai"
import { announced, OF_LIBP2P, PROTOCOLS } from "../../test-support/protocols.ts"
import { addressOf, World } from "../../test-support/world.ts"
import type { BerthNode } from "../node.ts"
import { createHost } from "./host.ts"

/** The recorder's is tried in test/faults/strangers.test.ts. */
const OF_NODE = PROTOCOLS.filter((protocol) => protocol !== RECORDS)
/** A varint that says a frame of 2^28 bytes follows. */
const HUGE = Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x01)

describe("a stranger's bytes: an error, bounded memory, the node stays up", function () {
  this.timeout(120_000)
  let world: World
  let node: BerthNode
  let address: string
  const hosts: Libp2p[] = []
  const uncaught: unknown[] = []
  const note = (error: unknown) => void uncaught.push(error)

  before(async () => {
    world = await World.start()
    node = await world.start(await world.register())
    address = addressOf(node)
    process.on("unhandledRejection", note)
  })
  after(async () => {
    process.off("unhandledRejection", note)
    for (const host of hosts) await host.stop()
    await world.stop()
  })
  afterEach(async () => {
    const asked = await new (await import("../../test-support/agent.ts")).TestAgent({
      market: world.market.market,
      tenant: world.market.account(9).address,
      node: node.key.address,
      nodeAddress: address,
      signerKey: new Uint8Array(32).fill(7),
      now: () => world.market.chainTime(),
    }).start()
    expect((await asked.quote()).quote?.count).to.equal(1)
    await asked.stop()
    expect(uncaught).to.deep.equal([])
  })

  /** A new identity for each protocol: an old one may be turned away already. */
  async function stranger(): Promise<Libp2p> {
    const host = await createHost({ privateKey: new Uint8Array(randomBytes(32)), listen: [], announce: [], maxConnections: 10 })
    hosts.push(host)
    await host.start()
    return host
  }

  async function open(host: Libp2p, { id }: ProtocolLimits): Promise<Stream> {
    return host.dialProtocol(multiaddr(address), id, { signal: AbortSignal.timeout(5_000) })
  }

  /** What the node answers until it ends the stream. */
  function answerOf(stream: Stream): Promise<string> {
    return new Promise((resolve) => {
      let text = ""
      const done = () => resolve(text)
      stream.addEventListener("message", (event) => {
        text += Buffer.from(event.data.subarray()).toString("latin1")
      })
      stream.addEventListener("remoteCloseWrite", done)
      stream.addEventListener("close", done)
    })
  }

  it("no protocol answers but those tried here and libp2p's own", async () => {
    expect(await announced(await stranger(), address)).to.deep.equal([...OF_NODE.map(({ id }) => id), ...OF_LIBP2P].sort())
  })

  for (const protocol of OF_NODE) {
    it(`${protocol.id}: random bytes`, async () => {
      const host = await stranger()
      let answered = 0
      for (let i = 0; i < 30; i++) {
        const stream = await open(host, protocol)
        const size = 1 + (i % 60)
        // A right length before wrong bytes, or wrong bytes altogether.
        stream.send(i % 2 === 0 ? Buffer.concat([Uint8Array.of(size), randomBytes(size)]) : randomBytes(size))
        void stream.close().catch(() => {})
        if ((await answerOf(stream)).length > 0) answered += 1
        stream.abort(new Error("done"))
      }
      expect(answered).to.be.at.least(15)
    })

    it(`${protocol.id}: a frame above the limit, announced or sent`, async () => {
      const host = await stranger()
      const announced = await open(host, protocol)
      announced.send(HUGE)
      expect(await answerOf(announced)).to.match(/too_large/)
      const sent = await open(host, protocol)
      const over = protocol.maxFrame + 1
      const answer = answerOf(sent)
      sent.send(Uint8Array.of((over & 0x7f) | 0x80, ((over >> 7) & 0x7f) | 0x80, over >> 14))
      const room = new Promise<boolean>((resolve) => sent.addEventListener("close", () => resolve(false)))
      for (let left = over; left > 0 && sent.status === "open"; left -= 16_384)
        if (!sent.send(new Uint8Array(Math.min(left, 16_384)))) await Promise.race([room, new Promise((r) => setTimeout(r, 5))])
      expect(await answer).to.match(/too_large|^$/)
    })
  }

  it("an empty request is answered as unsupported or refused, on every protocol", async () => {
    for (const protocol of OF_NODE) {
      const stream = await open(await stranger(), protocol)
      stream.send(Uint8Array.of(0))
      expect(await answerOf(stream)).to.match(/unauthorized|malformed|unsupported/)
    }
  })

  it("thousands of streams that say nothing: as many as the limits allow, the node answers others, its memory stays", async () => {
    const before = process.memoryUsage.rss()
    const streams: Stream[] = []
    let refused = 0
    const flood = async () => {
      const host = await stranger()
      for (const protocol of OF_NODE)
        for (let i = 0; i < 2 * protocol.maxStreams; i++)
          await open(host, protocol).then(
            (s) => streams.push(s),
            () => {
              refused += 1
            },
          )
    }
    for (let i = 0; i < 6; i++) await Promise.all([flood(), flood(), flood(), flood()])
    const held = streams.filter((s) => s.status === "open").length
    const honest = await stranger()
    const stream = await open(honest, QUOTE)
    stream.send(Uint8Array.of(0))
    const text = await answerOf(stream)
    expect(() => QuoteResponse.decode(Buffer.from(text.slice(1), "latin1"))).not.to.throw()
    const grown = (process.memoryUsage.rss() - before) / 2 ** 20
    console.log(
      `      ${held} of ${streams.length + refused} silent streams open, ${grown.toFixed(0)} MiB more in this process (both sides)`,
    )
    expect(grown).to.be.at.most(400)
    for (const s of streams) s.abort(new Error("done"))
  })

  it("one byte at a time: cut off after the time limit", async () => {
    const host = await stranger()
    const stream = await open(host, QUOTE)
    const answer = answerOf(stream)
    const started = performance.now()
    stream.send(Uint8Array.of(100))
    const drip = setInterval(() => stream.status === "open" && stream.send(Uint8Array.of(1)), 300)
    expect(await answer).to.match(/timeout/)
    clearInterval(drip)
    expect(performance.now() - started).to.be.within(9_000, 14_000)
  })

  it("who keeps sending nonsense is turned away", async () => {
    const host = await stranger()
    let refused = false
    for (let i = 0; i < 60 && !refused; i++) {
      try {
        const stream = await open(host, LEASE)
        stream.send(HUGE)
        await answerOf(stream)
        stream.abort(new Error("done"))
      } catch {
        refused = true
      }
    }
    expect(refused).to.equal(true)
  })
})
