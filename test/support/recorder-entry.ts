// A recorder as a process under a test's orders.
import { pino } from "pino"
import type { RecorderInput } from "../../provider-node/src/recorder/options.ts"
import { runRecorder } from "../../provider-node/src/recorder/recorder.ts"
import { runEntry } from "./entry.ts"

export interface RecorderEntryOptions {
  readonly input: RecorderInput
  readonly key: Uint8Array
}

runEntry<RecorderEntryOptions>(async ({ input, key }, onStep) => {
  const recorder = await runRecorder(input, key, pino({ level: "info" }, pino.destination(2)), onStep)
  return { ready: { addresses: recorder.status().addresses }, stop: () => recorder.stop(), answer: () => recorder.status() }
})
