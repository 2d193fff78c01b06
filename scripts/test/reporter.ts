import { Runner, reporters } from "mocha"
import { failureLine, writeCounts } from "./counts.ts"

/** Mocha's spec reporter, which also writes how many tests passed, failed and were skipped, and ends the run cleanly when told to. */
export default class CountingReporter extends reporters.Spec {
  constructor(runner: Runner, options: Mocha.MochaOptions) {
    super(runner, options)
    // Without this, Ctrl-C ends mocha between a test and its after hooks, and what the test started stays behind.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => runner.abort())
    const file = process.env.BERTH_TEST_COUNTS
    if (!file) return
    const skippedTitles: string[] = []
    runner.on(Runner.constants.EVENT_TEST_PENDING, (test) => skippedTitles.push(test.fullTitle()))
    const lines: string[] = []
    runner.on(Runner.constants.EVENT_TEST_FAIL, (test, error) => lines.push(failureLine(test.fullTitle(), String(error?.message ?? error))))
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures } = this.stats
      writeCounts(file, { passed: passes, failed: failures, skipped: skippedTitles.length, skippedTitles, failures: lines })
    })
  }
}
