import { randomBytes } from "node:crypto"
import type { ErrorCode, ProtocolError } from "@berth/protocol"
import { type ProtocolLimits, QUOTE } from "@berth/protocol/wire"
import type { Libp2p, Stream } from "@libp2p/interface"
import { multiaddr } from "@multiformats/multiaddr"
import { expect } from "chai"
import { pino } from "pino"
import { Gater } from "../src/p2p/gater.ts"
import { Held } from "../src/p2p/held.ts"
import { createHost } from "../src/p2p/host.ts"
import { RateLimit } from "../src/p2p/rate-limit.ts"
import { type Protocol, serve } from "../src/p2p/serve.ts"

export const MIB = 2 ** 20
/** Its frames are large and its time is long, so that strangers can hold them. */
export const LARGE: ProtocolLimits = { id: "/test/large/1", maxFrame: 256 * 1024, maxStreams: 100, timeoutMs: 60_000 }
const bytes = { encode: (b: Uint8Array) => b, decode: (b: { slice(): Uint8Array }) => b.slice() }
const key = () => new Uint8Array(randomBytes(32))

/** A host as a node's, with small caps and protocols that send back what they read; and strangers who call it. */
export class BoundedHost {
  readonly held = new Held({ maxBytes: 4 * MIB, maxStreams: 60 })
  /** What strangers call; the first is the host itself. */
  readonly hosts: Libp2p[] = []
  address = ""
  webAddress = ""
  #most = 0
  readonly #watch = setInterval(() => {
    this.#most = Math.max(this.#most, this.held.bytes)
  }, 1)

  static async start(): Promise<BoundedHost> {
    const bounded = new BoundedHost()
    const listen = ["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/tcp/0/ws"]
    const host = await createHost({ privateKey: key(), listen, announce: [], maxConnections: 50, held: bounded.held })
    bounded.hosts.push(host)
    const [rates, gater, log] = [new RateLimit(() => performance.now()), new Gater(() => 0), pino({ level: "silent" })]
    rates.take = () => true
    for (const limits of [QUOTE, LARGE]) await serve(echo(limits), { host, rates, gater, open: { count: 0, max: 50 }, log })
    await host.start()
    const addresses = host.getMultiaddrs().map(String)
    bounded.address = addresses.find((a) => !a.includes("/ws"))!
    bounded.webAddress = addresses.find((a) => a.includes("/ws"))!
    return bounded
  }

  async stranger(): Promise<Libp2p> {
    const host = await createHost({ privateKey: key(), listen: [], announce: [], maxConnections: 10 })
    this.hosts.push(host)
    await host.start()
    return host
  }

  open(host: Libp2p, id: string, to = this.address): Promise<Stream> {
    return host.dialProtocol(multiaddr(to), id, { signal: AbortSignal.timeout(10_000) })
  }

  /** An honest request of somebody new, and its answer. */
  async asks(to = this.address): Promise<string> {
    const stream = await this.open(await this.stranger(), QUOTE.id, to)
    stream.send(framed(Buffer.from("hello")))
    const { data } = await event<{ data: Uint8Array }>(stream, "message")
    await stream.close()
    return Buffer.from(data.subarray(1)).toString()
  }

  /** Sends everybody home: then nothing is held, and never was more than may be. */
  async calm(): Promise<void> {
    for (const host of this.hosts.splice(1)) await host.stop()
    await until(() => this.held.streams === 0 && this.held.bytes === 0)
    expect(this.#most, "the cap held").to.be.at.most(this.held.limits.maxBytes)
  }

  async stop(): Promise<void> {
    clearInterval(this.#watch)
    for (const host of this.hosts) await host.stop()
  }
}

/** Sends back what it reads, for as long as there is something. */
function echo(limits: ProtocolLimits): Protocol<Uint8Array, Uint8Array> {
  return {
    ...{ limits, maxRequest: limits.maxFrame, request: bytes, response: bytes },
    error: ({ code }: { code: string }) => Buffer.from(code),
    async handle(channel) {
      for (;;) {
        const frame = await channel.read(limits === LARGE).catch((error: ProtocolError) => {
          if (error.code === ("timeout" satisfies ErrorCode)) return undefined
          throw error
        })
        if (!frame) return
        await channel.write(frame)
      }
    },
  }
}

export function framed(body: Uint8Array): Uint8Array {
  const length: number[] = []
  let left = body.length
  for (; left > 127; left >>>= 7) length.push((left & 127) | 128)
  return Buffer.concat([Uint8Array.of(...length, left), body])
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5)
}

interface Target {
  addEventListener(name: string, listener: (event: never) => void, options: { once: true }): void
}

export function event<T>(target: unknown, name: string): Promise<T> {
  return new Promise((resolve) => (target as Target).addEventListener(name, resolve as (event: never) => void, { once: true }))
}
