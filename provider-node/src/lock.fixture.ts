// Takes the lock of a directory when told to, says whether it has it, and keeps it until it is ended.
import { createInterface } from "node:readline"
import { lockDirectory } from "./lock.ts"

const [dir] = process.argv.slice(2)
process.stdout.write("ready\n")
for await (const _ of createInterface({ input: process.stdin })) {
  try {
    lockDirectory(dir!, "node")
    process.stdout.write("held\n")
  } catch (error) {
    process.stdout.write(`${(error as Error).name}\n`)
  }
}
