// What strangers may make a host hold, on real libp2p connections: a small cap shows that it holds, and the constants what the real ones come to.
import type { Stream } from "@libp2p/interface"
import { expect } from "chai"
import { BoundedHost, event, framed, LARGE, MIB, until } from "../../test-support/bounded-host.ts"
import { MAX_CONNECTIONS, RECORDER_HELD } from "../recorder/p2p/records-handler.ts"
import { NODE_HELD, worstCase } from "./host.ts"

describe("what strangers may make a host hold", function () {
  this.timeout(60_000)
  let bounded: BoundedHost

  before(async () => {
    bounded = await BoundedHost.start()
  })
  afterEach(() => bounded.calm())
  after(() => bounded?.stop())

  it("frames that are never complete: no more of them than the cap, who holds the most gives way, and a small request is answered", async () => {
    const part = framed(new Uint8Array(LARGE.maxFrame)).subarray(0, -1)
    const streams: Stream[] = []
    for (let i = 0; i < 3; i++) {
      const host = await bounded.stranger()
      for (let j = 0; j < 10; j++) {
        const stream = await bounded.open(host, LARGE.id)
        streams.push(stream)
        stream.send(part)
      }
    }
    await until(() => streams.some((s) => s.status === "reset"))
    expect(bounded.held.bytes).to.be.above(2 * MIB)
    expect(await bounded.asks()).to.equal("hello")
    expect(streams.filter((s) => s.status === "open").length, "sixteen fit").to.be.within(8, 16)
  })

  it("streams are counted until they are closed, whatever has become of them; too many are closed at once", async () => {
    const host = await bounded.stranger()
    const streams: Stream[] = []
    for (let i = 0; i < 80; i++)
      await bounded.open(host, LARGE.id).then(
        (s) => streams.push(s),
        () => {},
      )
    await until(() => bounded.held.streams === 60)
    expect(streams.filter((s) => s.status === "open").length).to.be.at.most(60)
    // Fifty of these are served; ten are told that they are too many, and count until they are gone.
    for (const s of streams) s.abort(new Error("done"))
    await until(() => bounded.held.streams === 0)
    expect(await bounded.asks()).to.equal("hello")
  })

  it("what was read and answered is let go of, to the byte, on a stream that lives on", async () => {
    const host = await bounded.stranger()
    const stream = await bounded.open(host, LARGE.id)
    let answered = 0
    stream.addEventListener("message", ({ data }) => {
      answered += data.byteLength
    })
    const sizes = [0, 1, 127, 128, 16_383, 16_384, 100_000]
    let sent = 0
    for (let round = 0; round < 40; round++)
      for (const size of sizes) {
        const frame = framed(new Uint8Array(size))
        sent += frame.length
        if (!stream.send(frame)) await event(stream, "drain")
        await until(() => answered === sent)
      }
    // What remains is the protocol's name, and the last frame while the next one is waited for.
    await until(() => bounded.held.bytes < 200)
    stream.abort(new Error("done"))
  })

  it("all of it together stays below 512 MiB, of a node and of a recorder", () => {
    expect(worstCase(NODE_HELD, 300) / MIB).to.be.within(256, 512)
    expect(worstCase(RECORDER_HELD, MAX_CONNECTIONS) / MIB).to.be.within(256, 512)
  })
})
