#!/usr/bin/env node
import { createInterface } from "node:readline"
import { hostsOnly } from "@berth/protocol/hosts-only"
import type { Command } from "commander"
import { type ConfigFlags, loadConfig } from "../config.ts"
import { type Context, READER_GONE } from "./context.ts"
import { type Output, plain, toJson } from "./output.ts"
import { programOf } from "./program.ts"
import type { Handler } from "./reservation-commands.ts"

const interrupts: (() => void)[] = []
process.on("SIGINT", () => {
  const next = interrupts.shift()
  if (next) next()
  else process.exit(130)
})

function nextInterrupt(unless?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    interrupts.push(resolve)
    unless?.addEventListener("abort", () => interrupts.splice(0, interrupts.length, ...interrupts.filter((i) => i !== resolve)))
  })
}

let readerGone: () => void = () => process.exit(READER_GONE)
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return readerGone()
    process.stderr.write(`berth: the output can't be written: ${error.code}\n`)
    process.exit(1)
  })

/** Runs a command's handler, loaded only now, with what every command gets. */
function does(load: () => Promise<Handler>) {
  return async (...given: unknown[]) => {
    const command = given.pop() as Command
    const flags = command.optsWithGlobals() as ConfigFlags & { json?: boolean }
    const context: Context = {
      config: loadConfig(flags),
      out: outputOf(flags.json ?? false),
      program: process.argv[1]!,
      nextInterrupt,
      onReaderGone: (act) => {
        readerGone = act
      },
    }
    const args = [...given.slice(0, -1), flags]
    const code = await (await load())(context, ...(args as never[]))
    if (typeof code === "number") process.exitCode = code
  }
}

function outputOf(json: boolean): Output {
  const { stdout, stderr, stdin } = process
  let dirty = false
  let asking: Promise<unknown> | undefined
  const clear = () => {
    if (dirty) stderr.write("\r\x1b[K")
    dirty = false
  }
  return {
    json,
    tty: Boolean(stdin.isTTY && stderr.isTTY),
    line(text) {
      clear()
      if (!json) stdout.write(`${plain(text)}\n`)
    },
    data(value, { line = false } = {}) {
      if (json) stdout.write(`${toJson(value, line ? 0 : 2)}\n`)
    },
    note(text) {
      clear()
      if (!json) stderr.write(`${plain(text)}\n`)
    },
    progress(text) {
      if (json || !stderr.isTTY) return
      clear()
      stderr.write(plain(text).replaceAll("\n", " "))
      dirty = true
    },
    async bytes(stream, data) {
      // A container's output waits while a question stands on the terminal.
      await asking
      clear()
      const to = json || stream === "stderr" ? stderr : stdout
      // A failure is told to the stream's own listener, above.
      return new Promise((resolve) => to.write(data, () => resolve()))
    },
    ask(question, options) {
      if (!stdin.isTTY) return Promise.resolve(undefined)
      clear()
      const answer = ask(question, options?.hidden ?? false)
      asking = answer
      return answer
    },
  }
}

function ask(question: string, hidden: boolean): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: true })
  return new Promise((resolve) => {
    lines.on("SIGINT", () => {
      process.kill(process.pid, "SIGINT")
      if (hidden) return
      lines.close()
      resolve("")
    })
    lines.question(question, (answer) => {
      lines.close()
      if (hidden) process.stderr.write("\n")
      resolve(answer)
    })
    // Readline echoes by itself: what is typed at a passphrase is not to be seen.
    if (hidden) (lines as unknown as { _writeToOutput(text: string): void })._writeToOutput = () => {}
  })
}

/** `berth agent`: in the foreground until it is told to end. */
async function agentHandler(): Promise<Handler> {
  const { agent } = await import("./agent.ts")
  // A promise that a library forgot says nothing about our books; ending for it would leave every lease unsigned.
  process.on("unhandledRejection", (error) => process.stderr.write(hostsOnly(`unhandled rejection: ${error}\n`)))
  const stopper = new AbortController()
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => stopper.abort())
  interrupts.push(() => stopper.abort())
  // Receipts need signing, whoever reads what is said here.
  readerGone = () => {}
  return (context: Context, flags: object) => agent(context, flags, stopper.signal)
}

async function main(): Promise<void> {
  try {
    await programOf({ does, agent: agentHandler }).parseAsync()
  } catch (error) {
    const { asBerthError } = await import("../errors.ts")
    const ours = asBerthError(error)
    if (process.argv.includes("--json"))
      process.stderr.write(`${toJson({ error: { code: ours.code, message: ours.message, hint: ours.hint } })}\n`)
    else process.stderr.write(plain(`berth: ${ours.message}${ours.hint ? `\n       ${ours.hint}` : ""}\n`))
    process.exitCode = ours.code === "cancelled" ? 130 : ours.transient ? 75 : 1
  }
}

await main()
