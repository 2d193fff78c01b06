import { createConnection } from "node:net"
import { TryAgain } from "../lock.ts"
import { controlPath } from "./path.ts"
import type { ControlRequest } from "./server.ts"

/**
 * Asks the node that runs on a data directory.
 * @throws TryAgain when none runs; Error with the node's own words when it refuses
 */
export function askNode<T>(dataDir: string, request: ControlRequest): Promise<T> {
  const path = controlPath(dataDir)
  return new Promise((resolve, reject) => {
    let text = ""
    const socket = createConnection(path, () => socket.write(`${JSON.stringify(request)}\n`))
    socket.setEncoding("utf8").setTimeout(15_000, () => socket.destroy(new Error("the node did not answer in 15 s")))
    socket.on("data", (data) => {
      text += data
    })
    socket.on("error", (cause) =>
      reject(new TryAgain(`No berth-node answers at ${path} (${cause.message}). Start it with \`berth-node start\`.`)),
    )
    socket.on("close", () => {
      if (!text.includes("\n")) return reject(new TryAgain(`The berth-node at ${path} went away without an answer.`))
      const reply = JSON.parse(text) as { ok: true; result: T } | { ok: false; error: string }
      if (reply.ok) resolve(reply.result)
      else reject(new Error(reply.error))
    })
  })
}
