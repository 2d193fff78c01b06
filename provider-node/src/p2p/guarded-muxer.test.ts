// Bytes that no muxer of libp2p's would send, over real connections.
import { randomBytes } from "node:crypto"
import { noise } from "@chainsafe/libp2p-noise"
import type { Connection, MessageStream } from "@libp2p/interface"
import { tcp } from "@libp2p/tcp"
import { multiaddr } from "@multiformats/multiaddr"
import { expect } from "chai"
import { createLibp2p } from "libp2p"
import { BoundedHost, event, MIB, sleep, until } from "../../test-support/bounded-host.ts"

describe("what libp2p would keep for strangers without end", function () {
  this.timeout(60_000)
  let bounded: BoundedHost

  before(async () => {
    bounded = await BoundedHost.start()
  })
  afterEach(() => bounded.calm())
  after(() => bounded?.stop())

  it("a frame of yamux that is longer than the window is hung up on: its decoder would keep it to the last of 4 GiB", async () => {
    const { sent, why } = await raw((send) => send(header(0, 1, 1, 0xffff_ffff)), new Uint8Array(65_536))
    expect(why).to.match(/a frame of 4294967295 bytes/)
    expect(sent).to.be.below(2 * MIB)
  })

  it("questions of whoever reads no answer end, such as yamux's pings", async () => {
    const pings = Buffer.concat(Array.from({ length: 50_000 }, (_, i) => header(2, 1, 0, i)))
    expect((await raw(() => {}, pings, true)).why).to.match(/does not read/)
  })

  it("libp2p's ping is answered, and collects nothing for whoever does not read", async () => {
    const host = await bounded.stranger()
    const stream = await bounded.open(host, "/ipfs/ping/1.0.0")
    const ping = randomBytes(32)
    stream.send(ping)
    const { data } = await event<{ data: Uint8Array }>(stream, "message")
    expect(Buffer.from(data.subarray()).equals(ping)).to.equal(true)
    stream.pause()
    let sent = 0
    const chunk = new Uint8Array(32 * 1024)
    for (; stream.status === "open" && sent < 64 * MIB; sent += chunk.length)
      if (!stream.send(chunk)) await Promise.race([event(stream, "drain"), event(stream, "close"), sleep(50)])
    expect(stream.status).to.equal("reset")
    expect(sent).to.be.below(16 * MIB)
  })

  /** A connection whose muxer we are: sends what no muxer would, until it is hung up on or 64 MiB are out. */
  async function raw(
    begin: (send: (b: Uint8Array) => void) => void,
    more: Uint8Array,
    deaf = false,
  ): Promise<{ sent: number; why: string }> {
    let connection: MessageStream | undefined
    const protocol = "/yamux/1.0.0"
    const idle = {
      protocol,
      status: "open",
      streams: [],
      addEventListener() {},
      removeEventListener() {},
      close: async () => {},
      abort() {},
    }
    const factory = () => ({
      protocol,
      createStreamMuxer(c: MessageStream) {
        connection = c
        // Whoever does not read at all: nothing is taken off the socket.
        if (deaf) c.pause()
        else c.addEventListener("message", () => {})
        return idle
      },
    })
    const host = await createLibp2p({ transports: [tcp()], connectionEncrypters: [noise()], streamMuxers: [factory as never] })
    bounded.hosts.push(host)
    const there = event<{ detail: Connection }>(bounded.hosts[0], "connection:open")
    void host.dial(multiaddr(bounded.address)).catch(() => {})
    const ended = event<{ error?: Error }>((await there).detail, "close")
    await until(() => connection !== undefined)
    const line = connection!
    let sent = 0
    begin((b) => line.send(b))
    while (line.status === "open" && sent < 64 * MIB) {
      sent += more.length
      if (line.send(more)) await new Promise(setImmediate)
      else await Promise.race([event(line, "drain"), event(line, "close"), sleep(20)])
    }
    return { sent, why: `${(await ended).error}` }
  }
})

function header(type: number, flags: number, stream: number, length: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt8(type, 1)
  bytes.writeUInt16BE(flags, 2)
  bytes.writeUInt32BE(stream, 4)
  bytes.writeUInt32BE(length, 8)
  return bytes
}
