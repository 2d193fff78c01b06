import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { join } from "node:path"
import { createInterface } from "node:readline"

export interface ChainProcess {
  readonly pid: number
  readonly port: number
  /** Settles when the process has ended, however it did. */
  readonly ended: Promise<void>
  /** Ends the process and waits until its port is free. */
  stop(): Promise<void>
}

/**
 * Starts the chain's process, in a process group of its own, and waits until its RPC listens. It ends with us: even after a kill -9 its
 * stdin closes.
 * @param port 0 for any free one
 */
export async function spawnChain(port: number, blockTimeMs: number): Promise<ChainProcess> {
  if (port !== 0) await needFree(port)
  const args = [join(import.meta.dirname, "chain-process.ts"), "--port", `${port}`, "--block-time", `${blockTimeMs}`]
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"], detached: true })
  // The far end may be gone when we write our own end: not an error of ours.
  child.stdin.on("error", () => {})
  let said = ""
  child.stderr.on("data", (data: Buffer) => {
    said = (said + data).slice(-2_000)
  })
  const ended = once(child, "close").then(() => {})
  const firstLine = once(createInterface(child.stdout), "line")
  const line = await Promise.race([firstLine.then(([text]) => String(text)), ended.then(() => undefined)])
  if (line === undefined) throw new Error(`the local chain ended before it listened (exit ${child.exitCode}): ${said.trim()}`)
  return { pid: child.pid!, port: JSON.parse(line).port, ended, stop: () => stopChild(child, ended) }
}

async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.kill("SIGTERM")
  const hard = setTimeout(() => child.kill("SIGKILL"), 3_000)
  await ended
  clearTimeout(hard)
}

async function needFree(port: number): Promise<void> {
  const probe = createServer().listen(port, "127.0.0.1")
  try {
    await once(probe, "listening")
  } catch (cause) {
    throw new Error(`port ${port} for the local chain is taken: end what listens there, or choose another port`, { cause })
  }
  probe.close()
  await once(probe, "close")
}
