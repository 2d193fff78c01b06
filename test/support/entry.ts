// The inside of a process that a test starts: hears orders from its parent, kills itself at a named step, ends with its parent.
import { hrtime } from "node:process"

/** From the test to the process. */
export type Order =
  | { readonly start: unknown }
  | { readonly arm: { readonly step: string; readonly skip: number } }
  | { readonly ask: { readonly id: number; readonly question: unknown } }
  | { readonly stop: true }

/** From the process to the test. */
export type Word =
  | { readonly ready: unknown }
  | { readonly failed: string }
  | { readonly answer: { readonly id: number; readonly value: unknown } }

export interface Running {
  readonly ready: unknown
  stop(): Promise<void>
  answer?(question: unknown): unknown
}

/**
 * Runs a program under orders.
 * @param start begins the program; `onStep` is its hook: at the armed step the process ends with SIGKILL, in the middle of that very call
 */
export function runEntry<Options>(start: (options: Options, onStep: (step: string) => void) => Promise<Running>): void {
  let armed: { step: string; skip: number } | undefined
  let running: Running | undefined
  const onStep = (step: string) => {
    if (!armed || armed.step !== step) return
    if (armed.skip-- > 0) return
    process.kill(process.pid, "SIGKILL")
    // The signal is for the whole process; this thread must not take another step before it arrives.
    const until = hrtime.bigint() + 5_000_000_000n
    while (hrtime.bigint() < until);
  }
  const say = (word: Word) => process.send!(word)
  const take = async (order: Order) => {
    if ("arm" in order) armed = { ...order.arm }
    else if ("ask" in order) say({ answer: { id: order.ask.id, value: await running!.answer!(order.ask.question) } })
    else if ("stop" in order) {
      await running?.stop()
      process.exit(0)
    } else {
      running = await start(order.start as Options, onStep)
      say({ ready: running.ready })
    }
  }
  process.on("message", (order: Order) => {
    take(order).catch((error) => {
      say({ failed: (error as Error).stack ?? String(error) })
      process.exit(1)
    })
  })
  // Whoever started us is gone: nothing of a test outlives it.
  process.on("disconnect", () => process.exit(0))
}
