// Somebody who speaks libp2p to a node or recorder and nothing that they understand.
import { randomBytes } from "node:crypto"
import type { ProtocolLimits } from "@berth/protocol/wire"
import type { Libp2p, Stream } from "@libp2p/interface"
import { multiaddr } from "@multiformats/multiaddr"
import { createHost } from "../../provider-node/src/p2p/host.ts"
import { announced } from "../../provider-node/test-support/protocols.ts"

export class Stranger {
  readonly #host: Libp2p
  readonly #target: string

  private constructor(host: Libp2p, target: string) {
    this.#host = host
    this.#target = target
  }

  /** A new identity that will call this address. */
  static async meet(target: string): Promise<Stranger> {
    const host = await createHost({ privateKey: new Uint8Array(randomBytes(32)), listen: [], announce: [], maxConnections: 10 })
    await host.start()
    return new Stranger(host, target)
  }

  open({ id }: ProtocolLimits): Promise<Stream> {
    return this.#host.dialProtocol(multiaddr(this.#target), id, { signal: AbortSignal.timeout(15_000) })
  }

  /** Every protocol that this address answers. Ask before anything else. */
  announced(): Promise<string[]> {
    return announced(this.#host, this.#target)
  }

  /** Opens a stream, sends this, and gives all that comes back until the other side ends it. */
  async say(protocol: ProtocolLimits, bytes: Uint8Array, close = true): Promise<Buffer> {
    const stream = await this.open(protocol)
    const answer = answerOf(stream)
    try {
      stream.send(bytes)
      if (close) await stream.close()
    } catch {
      // It was reset while we spoke: the answer says what came before.
    }
    return answer
  }

  async leave(): Promise<void> {
    await this.#host.stop()
  }
}

export function answerOf(stream: Stream): Promise<Buffer> {
  return new Promise((resolve) => {
    const parts: Uint8Array[] = []
    const done = () => resolve(Buffer.concat(parts))
    stream.addEventListener("message", (event) => parts.push(event.data.subarray()))
    stream.addEventListener("remoteCloseWrite", done)
    stream.addEventListener("close", done)
  })
}
