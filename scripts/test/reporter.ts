import { Runner, reporters } from "mocha"
import { failureLine, writeCounts } from "./counts.ts"

const SLOW_S = 10

/** Mocha's spec reporter, which also writes how many tests passed, failed and were skipped, and ends the run cleanly when told to. */
export default class CountingReporter extends reporters.Spec {
  constructor(runner: Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    // Without this, Ctrl-C ends mocha between a test and its after hooks, and what the test started stays behind.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => runner.abort())
    this.#showSlow(runner)
    const file = process.env.BERTH_TEST_COUNTS
    if (!file) return
    // A test may run mocha itself, whose counts are not ours.
    delete process.env.BERTH_TEST_COUNTS
    const skippedTitles: string[] = []
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skippedTitles.push(test.fullTitle()))
    const lines: string[] = []
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) => lines.push(failureLine(test.fullTitle(), String(error?.message ?? error))))
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures } = this.stats
      writeCounts(file, { passed: passes, failed: failures, skipped: skippedTitles.length, skippedTitles, failures: lines })
    })
  }

  /** Some tests take minutes; whoever looks on sees which one it is. */
  #showSlow(runner: Runner): void {
    let test: { readonly title: string; readonly since: number } | undefined
    runner.on(Runner.constants.EVENT_TEST_BEGIN, (begun) => {
      test = { title: begun.fullTitle(), since: performance.now() }
    })
    runner.on(Runner.constants.EVENT_TEST_END, () => {
      test = undefined
    })
    const beat = setInterval(() => {
      const seconds = test ? Math.round((performance.now() - test.since) / 1_000) : 0
      if (seconds >= SLOW_S) console.log(`      … ${test!.title} (${seconds} s so far)`)
    }, SLOW_S * 1_000)
    beat.unref()
    runner.once(Runner.constants.EVENT_RUN_END, () => clearInterval(beat))
  }
}
