import type { EventEmitter } from "node:events"
import type { Server } from "node:net"
import { webSockets } from "@libp2p/websockets"

/** Noise's frames have 64 KiB, and each goes in a message of its own. */
const MAX_MESSAGE = 256 * 1024

/** What the listener is made of: libp2p gives no option for any of this. */
interface Inside {
  readonly server: Server
  readonly wsServer: { readonly options: { maxPayload: number } }
  onWsServerConnection(socket: EventEmitter, request: unknown): void
}

/**
 * libp2p's WebSockets. Its server takes messages of 100 MiB from anybody, before there is a handshake, on any number of sockets; and nobody
 * there listens for a socket's error, so that one frame against WebSocket's rules would end the whole program.
 */
export function boundedWebSockets(maxConnections: number): ReturnType<typeof webSockets> {
  const make = webSockets()
  return (components) => {
    const transport = make(components)
    const createListener = transport.createListener.bind(transport)
    transport.createListener = (options) => {
      const listener = createListener(options)
      const inside = listener as unknown as Inside
      inside.server.maxConnections = maxConnections
      inside.wsServer.options.maxPayload = MAX_MESSAGE
      const accept = inside.onWsServerConnection.bind(inside)
      inside.onWsServerConnection = (socket, request) => {
        // Its close follows, and is what libp2p acts on.
        socket.on("error", () => {})
        accept(socket, request)
      }
      return listener
    }
    return transport
  }
}
