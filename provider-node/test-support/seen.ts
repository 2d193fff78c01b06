import type { Signal } from "../src/signal.ts"

/** Resolves once a condition holds: it is asked now, and at every signal. */
export function seen<T>(signal: Signal<T>, condition: () => boolean | Promise<boolean>): Promise<void> {
  return new Promise((resolve, reject) => {
    const check = async () => {
      if (!(await condition())) return
      off()
      resolve()
    }
    const off = signal.on(() => void check().catch(reject))
    check().catch(reject)
  })
}
