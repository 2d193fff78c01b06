import { randomBytes } from "node:crypto"
import type { Lease, RunOptions, RunProgress } from "../agent/agent.ts"
import { BerthError } from "../errors.ts"
import type { ConnectedAgent } from "../resident/connect.ts"
import { agentFor, type Context, READER_GONE } from "./context.ts"
import { shortAddress, shortId, usd } from "./output.ts"
import { parseAddress, parseClass, parseCount, parseEnv, parseHours, parseSize } from "./parse.ts"
import { type PreferenceFlags, preferenceOf } from "./preference.ts"

export interface RunFlags extends PreferenceFlags {
  readonly class?: string
  readonly count?: string
  readonly gpus?: string
  readonly env?: readonly string[]
  readonly entrypoint?: string
  readonly workdir?: string
  readonly memory?: string
  readonly readOnly?: boolean
  readonly node?: string
  readonly reservation?: string
  readonly hours?: string
  readonly detach?: boolean
  readonly id?: string
}

/** Returns the exit code: the container's own. */
export async function run(
  context: Context,
  image: string,
  command: readonly string[],
  flags: RunFlags,
  environment: (name: string) => string | undefined,
): Promise<number> {
  const options = optionsOf(image, command, flags, environment)
  const session = new Session(context, options)
  try {
    const lease = await session.open()
    if (!flags.detach) return await session.attend(lease)
    context.out.data(lease)
    context.out.line(shortId(lease.leaseId))
    return 0
  } finally {
    session.hangUp()
  }
}

function optionsOf(
  image: string,
  command: readonly string[],
  flags: RunFlags,
  environment: (name: string) => string | undefined,
): RunOptions {
  if (flags.gpus !== undefined && flags.count !== undefined)
    throw new BerthError("usage", "--gpus and --count are the same: give one of them")
  if (flags.gpus !== undefined && !flags.class)
    throw new BerthError("usage", "--gpus needs a class", { hint: "add for example --class nvidia/rtx-4090" })
  return {
    // Made here, so that a second try after a broken line gives the same lease.
    id: (flags.id ?? `0x${randomBytes(16).toString("hex")}`) as `0x${string}`,
    image,
    // `run IMAGE -- sh -c ...`: the two dashes end berth's own flags.
    command: command[0] === "--" ? command.slice(1) : command,
    class: flags.class === undefined ? "cpu/x86-64" : parseClass(flags.class),
    count: parseCount(flags.gpus ?? flags.count ?? "1"),
    env: parseEnv(flags.env ?? [], environment),
    entrypoint: flags.entrypoint === undefined ? undefined : [flags.entrypoint],
    workdir: flags.workdir,
    memoryMiB: flags.memory === undefined ? undefined : parseSize(flags.memory),
    readOnly: flags.readOnly,
    node: flags.node === undefined ? undefined : parseAddress(flags.node),
    reservation: flags.reservation,
    hours: flags.hours === undefined ? undefined : Number(parseHours(flags.hours)) / 3_600,
    preference: preferenceOf(flags),
  }
}

/** One run from its opening to its end, over as many agents as it takes: a killed one is started again and goes on. */
class Session {
  readonly #context: Context
  readonly #options: RunOptions
  /** One line for log and state alike; a promise, so that the two don't open one each when it broke. */
  #agent: Promise<ConnectedAgent> | undefined

  readonly #detached = new AbortController()
  #readerGone = false

  constructor(context: Context, options: RunOptions) {
    this.#context = context
    this.#options = options
    context.onReaderGone(() => {
      this.#readerGone = true
      this.#detached.abort()
    })
  }

  /** Ctrl-C gives the run up: the agent says what is left of it then. A second one does not wait for that. */
  open(): Promise<Lease> {
    return this.#withAgent(async (agent) => {
      const { out } = this.#context
      const opened = new AbortController()
      const cancelled = new AbortController()
      void this.#context.nextInterrupt(opened.signal).then(() => {
        out.note("cancelling: what was sent to the chain is waited for (Ctrl-C again: not here)")
        cancelled.abort()
      })
      try {
        const lease = await agent.run(this.#options, { onProgress: (p) => this.#show(p), signal: cancelled.signal })
        if (!cancelled.signal.aborted) return lease
        // It was there before the agent heard of it.
        const id = shortId(lease.leaseId)
        const { state } = await agent.stop(lease.leaseId)
        throw new BerthError(
          "cancelled",
          `the run was cancelled: lease ${id} was accepted and is ${state === "ended" ? "ended" : "stopped"}`,
        )
      } finally {
        opened.abort()
      }
    })
  }

  hangUp(): void {
    void this.#agent?.then((agent) => agent.disconnect()).catch(() => {})
  }

  /** Shows the log until the lease has ended, and minds Ctrl-C. */
  async attend(lease: Lease): Promise<number> {
    const { out } = this.#context
    const { signal } = this.#detached
    const interrupted = this.#mindInterrupts(lease)
    const [ended] = await Promise.all([this.#follow(lease, signal), this.#showLogs(lease, signal)])
    const id = shortId(lease.leaseId)
    if (signal.aborted) {
      const why = this.#readerGone ? "nobody reads the output any more" : "detached"
      if (ended.state !== "ended") out.note(`${why}; lease ${id} runs on. berth logs -f ${id}, berth stop ${id}`)
      return this.#readerGone ? READER_GONE : 0
    }
    out.data(ended)
    return interrupted.stopped ? 130 : exitCodeOf(ended, out)
  }

  async #follow(lease: Lease, signal: AbortSignal): Promise<Lease> {
    const { out } = this.#context
    return this.#withAgent(async (agent) => {
      let last = lease
      for await (const now of agent.watch(lease.leaseId, { signal })) {
        if (now.state === "pulling" && now.pullTotalBytes > 0n)
          out.progress(`pulling ${mib(now.pulledBytes)} of ${mib(now.pullTotalBytes)} MiB`)
        else if (now.state !== last.state && now.state !== "ended") out.progress(now.reason ? `${now.state}: ${now.reason}` : now.state)
        last = now
      }
      return last
    })
  }

  async #showLogs(lease: Lease, signal: AbortSignal): Promise<void> {
    const { out } = this.#context
    let since = 0n
    await this.#withAgent(async (agent) => {
      for await (const { stream, data, timeNs } of agent.logs(lease.leaseId, { follow: true, sinceNs: since, signal })) {
        await out.bytes(stream, data)
        if (timeNs > 0n) since = timeNs + 1n
      }
    }).catch((error) => {
      // A lease that never started has no log; its end is told by its state.
      if (!(error instanceof BerthError) || (error.code !== "not_found" && error.code !== "no_lease")) throw error
    })
  }

  #mindInterrupts(lease: Lease): { stopped: boolean } {
    const { out } = this.#context
    const result = { stopped: false }
    const stop = async () => {
      result.stopped = true
      out.note(`stopping ${shortId(lease.leaseId)}`)
      await this.#withAgent((agent) => agent.stop(lease.leaseId))
    }
    const mind = async () => {
      await this.#context.nextInterrupt()
      if (!out.tty) return stop()
      const second = this.#context.nextInterrupt().then(() => "s")
      const answer = await Promise.race([out.ask("\nStop the lease or detach from it? [s/d] "), second])
      if (answer?.trim().toLowerCase().startsWith("d")) this.#detached.abort()
      else await stop()
    }
    void mind().catch((error) => out.note(`it could not be stopped: ${(error as Error).message}`))
    return result
  }

  async #withAgent<T>(use: (agent: ConnectedAgent) => Promise<T>): Promise<T> {
    for (let lost = 0; ; lost++) {
      this.#agent ??= agentFor(this.#context)
      const line = this.#agent
      try {
        return await use(await line)
      } catch (error) {
        if (!(error instanceof BerthError) || error.code !== "no_agent" || lost >= 3) throw error
        if (this.#agent === line) this.#agent = undefined
        this.#context.out.note("the agent was lost; going on with a new one")
      }
    }
  }

  #show(progress: RunProgress): void {
    const { out } = this.#context
    if (progress.step === "quotes") out.progress(`${progress.offers} quotes`)
    if (progress.step === "chosen") {
      const price = this.#options.reservation ? "paid by the reservation" : `${usd(progress.price * BigInt(progress.count))} an hour`
      out.note(`node ${shortAddress(progress.node)} ${progress.region} ${progress.tier}: ${price}`)
    }
    if (progress.step === "tab" && progress.action !== "reused")
      out.note(`tab ${progress.action} with ${usd(progress.amount)} (what is not used comes back: berth close)`)
    if (progress.step === "accepted") out.progress(`lease ${shortId(progress.leaseId)} accepted`)
  }
}

function exitCodeOf(lease: Lease, out: Context["out"]): number {
  if (lease.reason !== "completed")
    out.note(`lease ${shortId(lease.leaseId)} ended: ${lease.reason}${lease.detail ? `: ${lease.detail}` : ""}`)
  return lease.exitCode ?? 1
}

function mib(bytes: bigint): string {
  return (Number(bytes) / 1_048_576).toFixed(1)
}
