// A node whose muxer sends what none would.
import { addressOfKey, keccakText } from "@berth/protocol"
import { noise } from "@chainsafe/libp2p-noise"
import { privateKeyFromRaw } from "@libp2p/crypto/keys"
import type { MessageStream } from "@libp2p/interface"
import { tcp } from "@libp2p/tcp"
import { expect } from "chai"
import { createLibp2p } from "libp2p"
import { startHost } from "./host.ts"

const MIB = 2 ** 20
const key = keccakText("hostile node")

describe("a tenant's connections", function () {
  this.timeout(60_000)

  it("to a node that announces a frame of 4 GiB are hung up, before anything of it is kept", async () => {
    let line: MessageStream | undefined
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
    const muxer = () => ({
      protocol,
      createStreamMuxer(connection: MessageStream) {
        line = connection
        connection.addEventListener("message", () => {})
        return idle
      },
    })
    const node = await createLibp2p({
      privateKey: privateKeyFromRaw(key),
      addresses: { listen: ["/ip4/127.0.0.1/tcp/0"] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [muxer as never],
    })
    const host = await startHost({})
    try {
      const callee = { node: addressOfKey(key), addresses: node.getMultiaddrs().map(String) }
      const limits = { id: "/berth/quote/1", maxFrame: 1_000, deadlineMs: 1_000 } as never
      const opened = host.open(callee, limits, AbortSignal.timeout(20_000)).catch((error) => error)
      while (!line) await new Promise((resolve) => setTimeout(resolve, 10))
      const data = Buffer.alloc(12)
      data.writeUInt16BE(1, 2) // SYN
      data.writeUInt32BE(2, 4)
      data.writeUInt32BE(0xffff_ffff, 8)
      line.send(data)
      let sent = 0
      for (const chunk = new Uint8Array(65_536); line.status === "open" && sent < 64 * MIB; sent += chunk.length)
        if (!line.send(chunk)) await new Promise((resolve) => setTimeout(resolve, 5))
      expect(line.status).not.to.equal("open")
      expect(sent).to.be.below(8 * MIB)
      expect(await opened).to.be.an("error")
    } finally {
      await host.stop()
      await node.stop()
    }
  })
})
