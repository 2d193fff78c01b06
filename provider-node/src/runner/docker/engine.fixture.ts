import { randomBytes } from "node:crypto"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { type Engine, findEngine } from "../../../../scripts/engine/engine.ts"
import { buildBusyboxImage } from "../../../../scripts/engine/images.ts"
import { removeLeftovers } from "../../../../scripts/engine/leftovers.ts"
import type { LeaseId, LeaseSpec } from "../runner.ts"
import { DockerRunner, type DockerRunnerOptions } from "./docker-runner.ts"

const quiet = () => {}

/** A real engine, an instance label of its own, and a clean machine afterwards. For tests. */
export class EngineFixture {
  readonly engine: Engine
  /** Id of berth/busybox:local. */
  readonly busybox: string
  readonly instance = `test-${randomBytes(4).toString("hex")}`
  readonly runner: DockerRunner

  private constructor(engine: Engine, busybox: string) {
    this.engine = engine
    this.busybox = busybox
    this.runner = this.newRunner()
  }

  static async start(): Promise<EngineFixture> {
    const dataDir = fileURLToPath(new URL("../../../../.berth/engine", import.meta.url))
    const engine = await findEngine({ install: true, dataDir, log: quiet })
    const busybox = await buildBusyboxImage({ socketPath: engine.socketPath, install: true, log: quiet })
    const fixture = new EngineFixture(engine, busybox)
    await fixture.runner.open()
    return fixture
  }

  /** Another runner with the same instance label: this node after a restart. */
  newRunner(options: Partial<DockerRunnerOptions> = {}): DockerRunner {
    return new DockerRunner({ socketPath: this.engine.socketPath, instance: this.instance, localRegistries: ["127.0.0.1"], ...options })
  }

  /** A spec of a shell script in busybox. */
  spec(script: string, more: Partial<LeaseSpec> = {}): LeaseSpec {
    const leaseId: LeaseId = `0x${randomBytes(32).toString("hex")}`
    return {
      leaseId,
      image: this.busybox,
      command: ["sh", "-c", script],
      count: 1,
      devices: [],
      cpus: 1,
      memoryBytes: 64 * 2 ** 20,
      ...more,
    }
  }

  /** Creates and starts a lease that runs a script. */
  async run(script: string, more: Partial<LeaseSpec> = {}): Promise<LeaseId> {
    const spec = this.spec(script, more)
    await this.runner.create(spec)
    await this.runner.start(spec.leaseId)
    return spec.leaseId
  }

  /** Runs a script to its end and gives what it said. */
  async output(script: string, more: Partial<LeaseSpec> = {}): Promise<string> {
    return readAll(this.runner, await this.run(script, more))
  }

  async stop(): Promise<void> {
    await removeLeftovers(this.engine.socketPath, this.instance)
    await this.engine.stop()
  }
}

/** All output of a lease, to its end. */
async function readAll(runner: DockerRunner, leaseId: LeaseId): Promise<string> {
  let text = ""
  for await (const { data } of runner.logs(leaseId, { follow: true })) text += Buffer.from(data).toString("utf8")
  return text
}

/** Waits until a lease has printed a line. */
export async function saw(runner: DockerRunner, leaseId: LeaseId, line: string): Promise<void> {
  for await (const { data } of runner.logs(leaseId, { follow: true })) if (Buffer.from(data).toString("utf8").includes(line)) return
  throw new Error(`Lease ${leaseId} ended without printing ${line}`)
}

/** The error that a promise rejects with; fails when it resolves. */
export async function failure(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => {
      throw new Error("It succeeded, but should have failed")
    },
    (error) => error,
  )
}

export { delay }
