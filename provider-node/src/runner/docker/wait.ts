import { setTimeout as delay } from "node:timers/promises"
import type { Container } from "dockerode"
import { NoSuchLease } from "../errors.ts"
import type { Exited, RunState } from "../runner.ts"
import { statusOf, toRunnerError } from "./engine-errors.ts"

/** How long one wait for an end may go without a look at the state. */
const PATIENCE_MS = 5_000
/** How often to look at a container that has not started: a wait for its end might be late for a short run. */
const CREATED_MS = 200

export interface WaitForEnd {
  readonly container: Container
  readonly inspect: () => Promise<RunState>
  readonly doing: string
  readonly signal?: AbortSignal | undefined
}

/** Waits until the engine says that a container has ended; rejects when the container or the engine is gone. */
export async function waitForEnd(options: WaitForEnd): Promise<Exited> {
  const { inspect, doing, signal } = options
  for (;;) {
    signal?.throwIfAborted()
    const state = await inspect()
    if (state.status === "exited") return state
    if (state.status === "missing") throw new NoSuchLease(`There is no container, while ${doing}`)
    if (state.status === "created" || state.status === "unknown") await delay(CREATED_MS, undefined, signal ? { signal } : {})
    else await endOrPatience(options)
  }
}

/**
 * Waits for the end, but only so long: dockerode never settles a wait whose connection broke after the engine had begun to
 * answer, and an engine that is killed breaks them so.
 */
async function endOrPatience({ container, doing, signal }: WaitForEnd): Promise<void> {
  const over = new AbortController()
  const either = signal ? AbortSignal.any([signal, over.signal]) : over.signal
  try {
    const answer = container.wait({ condition: "not-running", abortSignal: either })
    await Promise.race([answer, delay(PATIENCE_MS, undefined, { signal: either })])
  } catch (error) {
    signal?.throwIfAborted()
    if (statusOf(error) !== 404) throw toRunnerError(error, doing)
  } finally {
    over.abort()
  }
}
