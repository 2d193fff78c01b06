import { once } from "node:events"
import { connect } from "node:net"
import { expect } from "chai"
import { BoundedHost, event, MIB } from "../../test-support/bounded-host.ts"

describe("WebSockets of strangers", function () {
  this.timeout(60_000)
  let bounded: BoundedHost

  before(async () => {
    bounded = await BoundedHost.start()
  })
  afterEach(() => bounded.calm())
  after(() => bounded?.stop())

  it("a WebSocket message larger than any of Noise's is refused, and honest ones are not", async () => {
    expect(await bounded.asks(bounded.webAddress)).to.equal("hello")
    const [, port] = /tcp\/(\d+)\/ws/.exec(bounded.webAddress)!
    const socket = new WebSocket(`ws://127.0.0.1:${port}`)
    await event(socket, "open")
    socket.send(new Uint8Array(8 * MIB))
    expect(await event<{ code: number }>(socket, "close")).to.include({ code: 1_009 })
  })

  it("a frame against WebSocket's rules ends its connection, not the program", async () => {
    const [, port] = /tcp\/(\d+)\/ws/.exec(bounded.webAddress)!
    const upgrade = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${"A".repeat(22)}==\r\nSec-WebSocket-Version: 13\r\n\r\n`
    // Not masked; an opcode that there is none of; 2^60 bytes announced; a fragment of nothing; a control frame that is too long.
    for (const frame of ["820161", "838000000000", "82ff100000000000000000000000", "808000000000", "89fe00800000000000"]) {
      const socket = connect(Number(port), "127.0.0.1")
      socket.write(upgrade)
      await once(socket, "data")
      socket.resume()
      socket.write(Buffer.from(frame, "hex"))
      await once(socket, "close")
    }
    expect(await bounded.asks(bounded.webAddress)).to.equal("hello")
  })
})
