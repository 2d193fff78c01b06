import { chmodSync, rmSync } from "node:fs"
import { createServer, type Socket } from "node:net"
import { dirname } from "node:path"
import { z } from "zod"
import type { Agent, LogOptions, RunOptions } from "../agent/agent.ts"
import { WALLET_ACTIONS } from "../agent/wallet-actions.ts"
import { asBerthError, BerthError } from "../errors.ts"
import { ownFolder } from "./own-folder.ts"
import { decodeLine, encodeLine, failureOf, LineReader, type Reply, type Request } from "./wire.ts"

export interface ServeOptions {
  readonly agent: Agent
  readonly socket: string
  /** Milliseconds without a caller, a running lease or a reservation to sign for after which `onIdle` is called. */
  readonly idleMs: number
  readonly onIdle: () => void
  /** Someone asked the agent to end. */
  readonly onShutdown: () => void
}

/**
 * Serves an agent on a Unix socket that only its owner may open. The caller holds the store's lock, so a socket file that is there belongs
 * to nobody alive.
 */
export async function serveAgent(options: ServeOptions): Promise<{ close(): Promise<void> }> {
  const { socket: path, agent } = options
  ownFolder(dirname(path))
  rmSync(path, { force: true })
  const lines = new Set<Socket>()
  const idle = new IdleTimer(options)
  const server = createServer((socket) => {
    lines.add(socket)
    idle.busy()
    socket.on("error", () => {})
    socket.on("close", () => {
      lines.delete(socket)
      if (lines.size === 0) idle.free()
    })
    attend(socket, agent, options.onShutdown)
  })
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject)
    server.listen(path, resolve)
  })
  chmodSync(path, 0o600)
  idle.free()
  return {
    async close() {
      idle.busy()
      for (const socket of lines) socket.end()
      await new Promise((resolve) => server.close(resolve))
      rmSync(path, { force: true })
    },
  }
}

const id = z.number().int()
const named = z.object({ id })
const request: z.ZodType<Request> = z.union([
  z.object({ id, cancel: z.literal(true) }),
  z.object({ id, call: z.string(), args: z.array(z.unknown()) }),
])
const OTHER_VERSION = "it is of another version: berth agent --stop"

/** Answers one caller until it hangs up; its open calls are then cancelled. */
function attend(socket: Socket, agent: Agent, onShutdown: () => void): void {
  const open = new Map<number, AbortController>()
  const send = async (reply: Reply) => {
    if (socket.destroyed || socket.write(encodeLine(reply))) return
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off("drain", done)
        socket.off("close", done)
        resolve()
      }
      socket.on("drain", done)
      socket.on("close", done)
    })
  }
  const take = async (request: Request) => {
    if ("cancel" in request) return open.get(request.id)?.abort()
    const stopper = new AbortController()
    open.set(request.id, stopper)
    try {
      const result = await perform(
        agent,
        request.call,
        request.args,
        stopper.signal,
        (kind, value) => send({ id: request.id, [kind]: value } as Reply),
        onShutdown,
      )
      await send({ id: request.id, result })
    } catch (error) {
      await send({ id: request.id, error: failureOf(asBerthError(error)) })
    } finally {
      open.delete(request.id)
    }
  }
  const refuse = (said: unknown) => {
    const { id } = named.parse(said)
    void send({ id, error: failureOf(new BerthError("malformed", "the agent can't read this request", { hint: OTHER_VERSION })) })
  }
  const reader = new LineReader((line) => {
    const said = decodeLine(line)
    const { success, data } = request.safeParse(said)
    if (success) void take(data)
    else refuse(said)
  })
  socket.setEncoding("utf8")
  socket.on("data", (chunk: string) => {
    try {
      reader.push(chunk)
    } catch {
      // Only our own programs may open the socket; one that sends no JSON, or nothing that could be answered, is dropped.
      socket.destroy()
    }
  })
  socket.on("close", () => {
    for (const stopper of open.values()) stopper.abort()
  })
}

/** Calls with one answer. */
const CALLS = [
  ...WALLET_ACTIONS,
  "info",
  "quotes",
  "leases",
  "lease",
  "stop",
  "resume",
  "tabs",
  "openTab",
  "standingOrder",
  "reservationQuotes",
  "reserve",
  "reservationSigner",
  "agreedCancel",
  "topUp",
  "closeTab",
  "finishClose",
  "balance",
  "deposit",
  "withdraw",
  "stake",
  "reservations",
  "signFor",
  "signDays",
  "stopSigning",
  "bill",
] as const

type Tell = (kind: "item" | "progress", value: unknown) => Promise<void>

async function perform(
  agent: Agent,
  name: string,
  args: readonly unknown[],
  signal: AbortSignal,
  tell: Tell,
  onShutdown: () => void,
): Promise<unknown> {
  const simple = CALLS.find((c) => c === name)
  if (simple) return (agent[simple] as (...a: readonly unknown[]) => Promise<unknown>)(...args)
  const ref = args[0] as string
  const each = async (items: AsyncIterable<unknown>) => {
    for await (const item of items) await tell("item", item)
  }
  switch (name) {
    case "run":
      return agent.run(args[0] as RunOptions, { signal, onProgress: (p) => void tell("progress", p) })
    case "watch":
      return each(agent.watch(ref, { signal }))
    case "logs":
      return each(agent.logs(ref, { ...(args[1] as LogOptions), signal }))
    case "files":
      return each(agent.files(ref, args[1] as string, { signal }))
    case "bundle":
      return each(agent.bundle(args[0] as Parameters<Agent["bundle"]>[0]))
    case "receipts":
      return each(agent.receipts({ signal }))
    case "shutdown":
      onShutdown()
      return undefined
    default:
      throw new BerthError("unsupported", `this agent does not know the call "${name}"`, {
        hint: OTHER_VERSION,
      })
  }
}

/** Ends an agent that nobody needs; never one whose tabs have running leases, or that has days to look after and to sign for. */
class IdleTimer {
  readonly #options: ServeOptions
  #timer: NodeJS.Timeout | undefined

  constructor(options: ServeOptions) {
    this.#options = options
  }

  busy(): void {
    clearTimeout(this.#timer)
  }

  free(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#look(), this.#options.idleMs)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    const { agent } = this.#options
    const [leases, reservations] = await Promise.all([agent.leases(), agent.reservations()])
    if (leases.length === 0 && !reservations.some((r) => r.live)) this.#options.onIdle()
    else this.free()
  }
}
