// Random bytes, oversized frames, slow-loris and floods against a node and a recorder that are processes of their own.
import { randomBytes } from "node:crypto"
import { connect, type Socket } from "node:net"
import { hexToBytes } from "@berth/protocol"
import { LEASE, type ProtocolLimits, QUOTE, QuoteRequest, QuoteResponse, RECORDS, RecordsResponse } from "@berth/protocol/wire"
import { expect } from "chai"
import { NODE_HELD, worstCase } from "../../provider-node/src/p2p/host.ts"
import { MAX_CONNECTIONS, RECORDER_HELD } from "../../provider-node/src/recorder/p2p/records-handler.ts"
import { OF_LIBP2P, PROTOCOLS } from "../../provider-node/test-support/protocols.ts"
import type { Child } from "../support/child.ts"
import { FaultWorld } from "../support/fault-world.ts"
import { answerOf, Stranger } from "../support/stranger.ts"

const OF_NODE = PROTOCOLS.filter((protocol) => protocol !== RECORDS)
/** What a program may grow by while strangers only open streams: objects, and garbage. */
const MAX_GROWTH_MIB = 200
/** Strangers who fill frames at once: at a recorder they would hold 160 MiB, and it holds 128. */
const FILLERS = 40
/** So many strangers at each protocol, each with so many streams more than it may have. */
const ROUNDS = 5
const EXTRA = 55
const MIB = 2 ** 20
/** A varint that announces 2^28 bytes. */
const HUGE = Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x01)

describe("strangers at the door of a node and a recorder", function () {
  this.timeout(300_000)
  let world: FaultWorld
  let node: Child
  let recorder: Child<{ addresses: string[] }>
  let rss: { node: number; recorder: number }
  let slow: Promise<number>
  let targets: { name: string; address: string; protocol: ProtocolLimits; child: Child }[]

  before(async () => {
    world = await FaultWorld.start()
    const setup = await world.node({ logLevel: "warn" })
    node = await world.startNode(setup)
    recorder = await world.startRecorder()
    const address = recorder.ready.addresses[0]!
    targets = OF_NODE.map((protocol) => ({ name: `node ${protocol.id}`, address: setup.multiaddr, protocol, child: node }))
    targets.push({ name: `recorder ${RECORDS.id}`, address, protocol: RECORDS, child: recorder })
    await serves()
    rss = { node: node.rss, recorder: recorder.rss }
    // They are there all along, beside everything else that is tried.
    slow = slowLoris()
    slow.catch(() => {})
  })
  afterEach(() => serves())
  after(() => world?.stop())

  /** Both answer an honest stranger as if nothing had happened. */
  async function serves(): Promise<void> {
    const started = performance.now()
    const [quoter, submitter] = await Promise.all([Stranger.meet(targets[0]!.address), Stranger.meet(targets.at(-1)!.address)])
    const tenant = hexToBytes("0x00000000000000000000000000000000000000aa")
    const request = QuoteRequest.encode({ tenant, class: "cpu/x86-64", count: 1, image: world.image })
    const answer = await quoter.say(QUOTE, framed(request))
    expect(QuoteResponse.decode(unframed(answer)).quote?.count).to.equal(1)
    expect(performance.now() - started).to.be.lessThan(QUOTE.timeoutMs)
    expect(RecordsResponse.decode(unframed(await submitter.say(RECORDS, Uint8Array.of(0)))).accepted).to.equal(0)
    await Promise.all([quoter.leave(), submitter.leave()])
  }

  /** One byte and then nothing, on every protocol and as bare TCP. Gives the seconds until the last of them was ended. */
  async function slowLoris(): Promise<number> {
    const started = performance.now()
    const strangers = await Promise.all(targets.map(({ address }) => Stranger.meet(address)))
    const streams = targets.map(async ({ name, protocol }, i) => {
      const stream = await strangers[i]!.open(protocol)
      const from = performance.now()
      stream.send(Uint8Array.of(100, 8))
      const text = (await answerOf(stream)).toString("latin1")
      expect(performance.now() - from, name).to.be.at.most(protocol.timeoutMs + 10_000)
      expect(text, name).to.match(/timeout|^$/)
    })
    await Promise.all([...streams, ...targets.slice(-2).map(({ address }) => silentSocket(address))])
    await Promise.all(strangers.map((s) => s.leave()))
    return (performance.now() - started) / 1_000
  }

  it("no protocol answers but those tried here and libp2p's own", async () => {
    for (const [tried, address] of [
      [OF_NODE, targets[0]!.address],
      [[RECORDS], targets.at(-1)!.address],
    ] as const) {
      const stranger = await Stranger.meet(address)
      expect(await stranger.announced()).to.deep.equal([...tried.map(({ id }) => id), ...OF_LIBP2P].sort())
      await stranger.leave()
    }
  })

  it("random bytes: an error or an ended stream, on every protocol", async () => {
    for (const { name, address, protocol } of targets) {
      const stranger = await Stranger.meet(address)
      let answered = 0
      for (let i = 0; i < 20; i++) {
        const size = 1 + i * 6
        const bytes = i % 2 === 0 ? framed(randomBytes(size)) : randomBytes(size)
        if ((await stranger.say(protocol, bytes)).length > 0) answered++
      }
      expect(answered, `${name} answers garbage with an error`).to.be.at.least(10)
      await stranger.leave()
    }
  })

  it("frames above the limit, announced or really sent: too_large", async () => {
    for (const { name, address, protocol } of targets) {
      const stranger = await Stranger.meet(address)
      expect((await stranger.say(protocol, HUGE, false)).toString("latin1"), name).to.match(/too_large/)
      // The reader stops reading: what it sends back is the error, or the stream's end while we were still sending.
      const sent = await stranger.say(protocol, framed(new Uint8Array(protocol.maxFrame + 1)), false)
      expect(sent.toString("latin1"), name).to.match(/too_large|^$/)
      await stranger.leave()
    }
  })

  it("some two thousand streams that say nothing: others are served meanwhile, and the memory stays", async () => {
    let opened = 0
    const strangers: Stranger[] = []
    for (let round = 0; round < ROUNDS; round++)
      for (const { address, protocol } of targets) {
        const stranger = await Stranger.meet(address)
        strangers.push(stranger)
        const tries = Array.from({ length: protocol.maxStreams + EXTRA }, () =>
          stranger.open(protocol).then(
            () => opened++,
            () => {},
          ),
        )
        await Promise.all(tries)
      }
    await serves()
    const grown = { node: node.rss - rss.node, recorder: recorder.rss - rss.recorder }
    console.log(
      `      ${ROUNDS * targets.reduce((n, t) => n + t.protocol.maxStreams + EXTRA, 0)} tried, ${opened} open; node ${rss.node.toFixed(0)} MiB +${grown.node.toFixed(0)}, recorder ${rss.recorder.toFixed(0)} MiB +${grown.recorder.toFixed(0)}`,
    )
    expect(grown.node).to.be.at.most(MAX_GROWTH_MIB)
    expect(grown.recorder).to.be.at.most(MAX_GROWTH_MIB)
    await Promise.all(strangers.map((s) => s.leave()))
  })

  it("streams that each fill the largest frame but for one byte, beyond what a recorder may hold: memory is bounded, others are served", async () => {
    const strangers: Stranger[] = []
    const most = { node: 0, recorder: 0 }
    let filled = 0
    // Of the node's protocols the one with the largest requests.
    for (const { address, protocol } of [targets.find((t) => t.protocol === LEASE)!, targets.at(-1)!]) {
      const almost = framed(new Uint8Array(protocol.maxFrame)).subarray(0, -1)
      for (let i = 0; i < FILLERS; i++) {
        const stranger = await Stranger.meet(address)
        strangers.push(stranger)
        for (let j = 0; j < protocol.maxStreams; j++)
          await stranger.open(protocol).then(
            (stream) => {
              filled += almost.length
              stream.send(almost)
            },
            () => {},
          )
        most.node = Math.max(most.node, node.rss - rss.node)
        most.recorder = Math.max(most.recorder, recorder.rss - rss.recorder)
      }
      await serves()
    }
    console.log(
      `      ${(filled / MIB).toFixed(0)} MiB sent; node +${most.node.toFixed(0)} MiB, recorder +${most.recorder.toFixed(0)} MiB at most`,
    )
    expect(most.node).to.be.at.most(worstCase(NODE_HELD, strangers.length) / MIB)
    expect(most.recorder).to.be.at.most(worstCase(RECORDER_HELD, MAX_CONNECTIONS) / MIB)
    await Promise.all(strangers.map((s) => s.leave()))
  })

  it("one byte and then nothing, on every protocol and as bare TCP: ended in time", async () => {
    console.log(`      all of them ended within ${(await slow).toFixed(0)} s`)
  })
})

function framed(bytes: Uint8Array): Uint8Array {
  const length: number[] = []
  let left = bytes.length
  for (; left > 127; left >>>= 7) length.push((left & 127) | 128)
  return Buffer.concat([Uint8Array.of(...length, left), bytes])
}

function unframed(bytes: Buffer): Uint8Array {
  const start = bytes.findIndex((b) => b < 128) + 1
  return bytes.subarray(start)
}

/** Connects and says nothing. Resolves when it is hung up on. */
function silentSocket(address: string): Promise<void> {
  const [, port] = /tcp\/(\d+)/.exec(address)!
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(port), "127.0.0.1")
    const limit = setTimeout(() => reject(new Error("a silent connection is kept for more than 40 s")), 40_000)
    socket.on("data", () => {})
    socket.on("error", () => {})
    socket.on("close", () => {
      clearTimeout(limit)
      resolve()
    })
  })
}
