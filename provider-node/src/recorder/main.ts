#!/usr/bin/env node
import { recorderCommand } from "./command.ts"

const ended = new Promise((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, resolve)
})
try {
  await recorderCommand((line) => process.stdout.write(`${line}\n`), ended).parseAsync()
  process.exit(0)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(/RPC|fetch|HTTP request|ECONNREFUSED/.test((error as Error).message) ? 75 : 1)
}
