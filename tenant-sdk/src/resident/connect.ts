import { connect, type Socket } from "node:net"
import { dirname } from "node:path"
import type { Agent, LogOptions, RunOptions, RunProgress } from "../agent/agent.ts"
import { WALLET_ACTIONS, type WalletActions } from "../agent/wallet-actions.ts"
import { assembleBundle } from "../bill/assemble-bundle.ts"
import { loadConfig } from "../config.ts"
import { BerthError } from "../errors.ts"
import { expectOwn } from "./own-folder.ts"
import { decodeLine, encodeLine, errorOf, LineReader, type Reply } from "./wire.ts"

/** Where a resident agent listens. */
export interface ConnectOptions {
  /** Path of the agent's Unix socket; that of the profile by default. */
  readonly socket?: string | undefined
  /** Whose agent, as `berth --profile` takes it; by default who `berth` is here (BERTH_PROFILE, BERTH_HOME). */
  readonly profile?: string | undefined
}

/** A resident agent: the same calls as in process, and the line to it. */
export interface ConnectedAgent extends Agent {
  /** Closes the line; the agent goes on. */
  disconnect(): void
}

/**
 * Connects to the resident agent that `berth` uses too, or to another one (`berth agent`). Starts none.
 * @throws BerthError `no_agent` when none listens there
 *
 * @example
 * const agent = await connectAgent()
 * console.log(await agent.leases())
 */
export async function connectAgent(options: ConnectOptions = {}): Promise<ConnectedAgent> {
  const socket = options.socket ?? loadConfig({ profile: options.profile }).socket
  expectOwn(dirname(socket))
  const line = new Line(await dial(socket))
  const stream = <T>(call: string, args: unknown[], signal?: AbortSignal) => line.stream(call, args, signal) as AsyncIterable<T>
  const call =
    (name: string) =>
    (...args: unknown[]): Promise<never> =>
      line.call(name, args) as Promise<never>
  const bundle: Agent["bundle"] = (options) => stream("bundle", options ? [options] : [])
  const actions = Object.fromEntries(WALLET_ACTIONS.map((name) => [name, call(name)])) as unknown as WalletActions
  return {
    ...actions,
    info: call("info"),
    quotes: call("quotes"),
    run: (options: RunOptions, hooks = {}) =>
      line.call("run", [options], hooks.signal, (p) => hooks.onProgress?.(p as RunProgress)) as Promise<never>,
    leases: call("leases"),
    lease: call("lease"),
    watch: (ref, o) => stream("watch", [ref], o?.signal),
    logs: (ref, o: LogOptions = {}) => {
      const { signal, ...rest } = o
      return stream("logs", [ref, rest], signal)
    },
    files: (ref, path, o) => stream("files", [ref, path], o?.signal),
    stop: call("stop"),
    resume: call("resume"),
    tabs: call("tabs"),
    receipts: (o) => stream("receipts", [], o?.signal),
    openTab: call("openTab"),
    standingOrder: call("standingOrder"),
    reservationQuotes: call("reservationQuotes"),
    reserve: call("reserve"),
    reservationSigner: call("reservationSigner"),
    agreedCancel: call("agreedCancel"),
    topUp: call("topUp"),
    closeTab: call("closeTab"),
    finishClose: call("finishClose"),
    balance: call("balance"),
    deposit: call("deposit"),
    withdraw: call("withdraw"),
    stake: call("stake"),
    reservations: call("reservations"),
    signFor: call("signFor"),
    signDays: call("signDays"),
    stopSigning: call("stopSigning"),
    bill: call("bill"),
    bundle,
    exportBundle: (options) => assembleBundle(bundle(options)),
    shutdown: call("shutdown"),
    disconnect: () => line.close(),
  }
}

function dial(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.once("connect", () => resolve(socket))
    socket.once("error", (cause) =>
      reject(new BerthError("no_agent", `no agent listens at ${path}`, { hint: "start one: berth agent, or any berth command", cause })),
    )
  })
}

interface Call {
  onItem(item: unknown): void
  onProgress(progress: unknown): void
  onEnd(error: BerthError | undefined, result: unknown): void
}

/** One connection; many calls at once. */
class Line {
  readonly #socket: Socket
  readonly #calls = new Map<number, Call>()
  #next = 1

  constructor(socket: Socket) {
    this.#socket = socket
    const reader = new LineReader((line) => this.#reply(decodeLine(line) as Reply))
    socket.setEncoding("utf8")
    socket.on("data", (chunk: string) => {
      try {
        reader.push(chunk)
      } catch (cause) {
        this.#end(
          new BerthError("malformed", `what the agent answers can't be read: ${(cause as Error).message}`, {
            hint: "it may be of another version: berth agent --stop, and run the command again",
            cause,
          }),
        )
        // What follows on this line can't be told apart any more.
        socket.destroy()
      }
    })
    socket.on("error", () => {})
    socket.on("close", () =>
      this.#end(
        new BerthError("no_agent", "the line to the agent broke: it was ended or killed", {
          hint: "run the command again: it starts a new one, which goes on",
        }),
      ),
    )
  }

  /** No call gets an answer any more. */
  #end(error: BerthError): void {
    for (const call of this.#calls.values()) call.onEnd(error, undefined)
    this.#calls.clear()
  }

  call(name: string, args: unknown[], signal?: AbortSignal, onProgress: (p: unknown) => void = () => {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#send(name, args, signal, { onItem: () => {}, onProgress, onEnd: (error, result) => (error ? reject(error) : resolve(result)) })
    })
  }

  async *stream(name: string, args: unknown[], signal?: AbortSignal): AsyncGenerator<unknown> {
    const items: unknown[] = []
    let end: { error: BerthError | undefined } | undefined
    let wake = () => {}
    const cancel = this.#send(name, args, signal, {
      onItem: (item) => {
        items.push(item)
        // A slow reader makes the agent wait: the socket fills up.
        if (items.length > 64) this.#socket.pause()
        wake()
      },
      onProgress: () => {},
      onEnd: (error) => {
        end = { error }
        wake()
      },
    })
    try {
      for (;;) {
        while (items.length > 0) yield items.shift()
        this.#socket.resume()
        if (end?.error && end.error.code !== "cancelled") throw end.error
        if (end) return
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    } finally {
      this.#socket.resume()
      if (!end) cancel()
    }
  }

  close(): void {
    this.#socket.end()
  }

  #send(name: string, args: unknown[], signal: AbortSignal | undefined, call: Call): () => void {
    const id = this.#next++
    const cancel = () => {
      if (this.#calls.has(id)) this.#socket.write(encodeLine({ id, cancel: true }))
    }
    if (this.#socket.destroyed) {
      call.onEnd(new BerthError("no_agent", "the line to the agent is closed"), undefined)
      return cancel
    }
    this.#calls.set(id, call)
    this.#socket.write(encodeLine({ id, call: name, args }))
    if (signal?.aborted) cancel()
    signal?.addEventListener("abort", cancel, { once: true })
    return cancel
  }

  #reply(reply: Reply): void {
    const call = this.#calls.get(reply.id)
    if (!call) return
    if ("item" in reply) call.onItem(reply.item)
    else if ("progress" in reply) call.onProgress(reply.progress)
    else {
      this.#calls.delete(reply.id)
      if ("error" in reply) call.onEnd(errorOf(reply.error), undefined)
      else call.onEnd(undefined, reply.result)
    }
  }
}
