// A node that kills itself with SIGKILL at the nth time a named step of its block loop is done: `faulty-node.ts CONFIG STEP NTH`; STEP `none` never.
import { start } from "../src/cli/start.ts"

const [config, step, nth] = process.argv.slice(2)
let left = Number(nth)
const ended = new Promise<void>((resolve) => process.once("SIGTERM", () => resolve()))
await start({ config: config!, json: true, logLevel: "warn" }, (line) => process.stdout.write(`${line}\n`), ended, {
  onStep: (done) => {
    if (done === step && --left <= 0) process.kill(process.pid, "SIGKILL")
  },
})
process.exit(0)
