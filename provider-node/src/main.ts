#!/usr/bin/env node
import { hostsOnly } from "@berth/protocol/hosts-only"
import { exitCodeOf } from "./cli/exit.ts"
import { program } from "./cli/program.ts"

/** First signal: stop cleanly. A second one: at once. */
const ended = new Promise<void>((resolve) => {
  let asked = false
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (asked) process.exit(130)
      asked = true
      resolve()
    })
})

// A promise that a library forgot says nothing about our state: it is logged. An exception out of nowhere does: a supervisor starts us again,
// and the containers, which run on, are found again.
process.on("unhandledRejection", (error) => process.stderr.write(`unhandled rejection: ${textOf(error)}\n`))
process.on("uncaughtException", (error) => {
  process.stderr.write(`uncaught: ${textOf(error)}\n`)
  process.exit(75)
})
const textOf = (error: unknown): string => hostsOnly(error instanceof Error ? (error.stack ?? error.message) : String(error))

try {
  await program({ print: (line) => process.stdout.write(`${line}\n`), ended }).parseAsync()
  process.exit(0)
} catch (error) {
  process.stderr.write(hostsOnly(`${(error as Error).message}\n`))
  process.exit(exitCodeOf(error))
}
