import { chmodSync, rmSync } from "node:fs"
import { createServer, type Server, type Socket } from "node:net"
import type { Logger } from "pino"
import { ownSocketFolder } from "./path.ts"

/** What the operator may ask of a running node. */
export type ControlRequest =
  | { readonly ask: "status" }
  | { readonly ask: "drain"; readonly now: boolean }
  | { readonly ask: "undrain" }
  | { readonly ask: "settle" }

/** A request is a line of JSON, and so is the answer. */
const MAX_LINE = 4_096

/**
 * Answers on a Unix socket in the data directory, mode 0600: who may read the key may ask.
 * @returns stops it
 */
export async function serveControl(
  path: string,
  answer: (request: ControlRequest) => Promise<unknown>,
  log: Logger,
): Promise<() => Promise<void>> {
  ownSocketFolder(path)
  rmSync(path, { force: true })
  const server: Server = createServer((socket) => talk(socket, answer, log))
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(path, resolve)
  })
  chmodSync(path, 0o600)
  return () => new Promise((resolve) => server.close(() => resolve()))
}

function talk(socket: Socket, answer: (request: ControlRequest) => Promise<unknown>, log: Logger): void {
  let text = ""
  socket.setEncoding("utf8").setTimeout(10_000, () => socket.destroy())
  socket.on("error", () => socket.destroy())
  socket.on("data", (data) => {
    text += data
    if (text.length > MAX_LINE) return socket.destroy()
    if (!text.includes("\n")) return
    const line = text.slice(0, text.indexOf("\n"))
    text = ""
    Promise.resolve()
      .then(() => answer(JSON.parse(line) as ControlRequest))
      .then((result) => ({ ok: true, result }))
      .catch((error: Error) => {
        log.warn({ err: error }, "a control request failed")
        return { ok: false, error: error.message }
      })
      .then((reply) => socket.end(`${JSON.stringify(reply, (_k, v) => (typeof v === "bigint" ? v.toString() : v))}\n`))
  })
}
