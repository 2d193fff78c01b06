// The recorder as main.ts starts it, except that it kills itself with SIGKILL: `killed.fixture.ts <step>:<n> <flags>` at the n-th time of a step.
import { recorderCommand } from "./command.ts"

const [step, count] = process.argv.splice(2, 1)[0]!.split(":")
let left = Number(count)
await recorderCommand(
  () => {},
  new Promise(() => {}),
  (done) => {
    if (done === step && --left === 0) process.kill(process.pid, "SIGKILL")
  },
).parseAsync()
