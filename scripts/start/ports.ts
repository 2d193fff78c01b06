import { createServer } from "node:net"

/** The wanted port of 127.0.0.1 if nobody has it, else any free one. 0: any. */
export function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (wanted !== 0 && error.code === "EADDRINUSE") freePort(0).then(resolve, reject)
      else reject(error)
    })
    server.listen(wanted, "127.0.0.1", () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
