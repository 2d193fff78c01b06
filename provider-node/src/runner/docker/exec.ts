import type { Duplex } from "node:stream"
import type { Container } from "dockerode"
import type { ExecOptions, ExecOutput, ExecSession } from "../runner.ts"
import { toRunnerError, within } from "./engine-errors.ts"
import { readFrames } from "./frames.ts"

export interface OpenExec extends ExecOptions {
  readonly container: Container
  readonly doing: string
  readonly timeoutMs: number
}

/** Starts a program beside a lease's own, under the same limits and without any more rights. */
export async function openExec({ container, doing, timeoutMs, command, tty = false, env = {} }: OpenExec): Promise<ExecSession> {
  const Env = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const create = container.exec({
    Cmd: [...command],
    Env,
    Tty: tty,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Privileged: false,
  })
  const exec = await within(timeoutMs, doing, create)
  const duplex = (await within(timeoutMs, doing, exec.start({ hijack: true, stdin: true, Tty: tty }))) as Duplex

  async function* output(): AsyncGenerator<ExecOutput> {
    try {
      if (tty) for await (const data of duplex) yield { stream: "stdout", data }
      else yield* readFrames(duplex)
    } catch (error) {
      throw toRunnerError(error, doing)
    }
  }

  return {
    output: output(),
    write: (data) =>
      new Promise((resolve, reject) => {
        duplex.write(data, (error) => (error ? reject(toRunnerError(error, doing)) : resolve()))
      }),
    end: () => duplex.end(),
    resize: async (columns, rows) => {
      await within(timeoutMs, doing, exec.resize({ w: columns, h: rows }))
    },
    exitCode: async () => (await within(timeoutMs, doing, exec.inspect())).ExitCode,
    close: () => duplex.destroy(),
  }
}
