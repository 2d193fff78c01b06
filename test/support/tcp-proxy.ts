import { connect, createServer, type Server, type Socket } from "node:net"

/** A line to a TCP port that a test can cut and mend: while it is cut, nobody answers at its port. While it is held, nothing passes. */
export class TcpProxy {
  readonly #target: number
  readonly #host: string
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #port = 0
  #held = false

  private constructor(target: number, host: string) {
    this.#target = target
    this.#host = host
  }

  /** @param host the addresses it listens at: 0.0.0.0 for all of the machine's */
  static async to(port: number, host = "127.0.0.1"): Promise<TcpProxy> {
    const proxy = new TcpProxy(port, host)
    await proxy.mend()
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async mend(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(this.#target, "127.0.0.1")
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket)
        socket.on("error", () => {})
        socket.on("close", () => {
          this.#sockets.delete(socket)
          other.destroy()
        })
        socket.pipe(other)
        if (this.#held) socket.pause()
      }
    })
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject)
      server.listen(this.#port, this.#host, resolve)
    })
    this.#port = (server.address() as { port: number }).port
    this.#server = server
  }

  /** Keeps what is sent either way until it is let go, as a port does that is slow. */
  hold(): void {
    this.#held = true
    for (const socket of this.#sockets) socket.pause()
  }

  letGo(): void {
    this.#held = false
    for (const socket of this.#sockets) socket.resume()
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}
