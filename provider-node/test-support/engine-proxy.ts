import { createConnection, createServer, type Server, type Socket } from "node:net"

/** A socket between a node and its engine that a test can cut and mend: to the node, the engine is gone. */
export class EngineProxy {
  readonly path: string
  readonly #target: string
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined

  constructor(path: string, target: string) {
    this.path = path
    this.#target = target
  }

  async mend(): Promise<void> {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = createConnection({ path: this.#target, allowHalfOpen: true })
      for (const socket of [near, far]) {
        this.#sockets.add(socket)
        socket.on("error", () => {
          near.destroy()
          far.destroy()
        })
        socket.on("close", () => this.#sockets.delete(socket))
      }
      near.pipe(far)
      far.pipe(near)
    })
    await new Promise<void>((resolve) => this.#server!.listen(this.path, resolve))
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }
}
