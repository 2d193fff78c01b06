import { hostname, release } from "node:os"
import type { Readable } from "node:stream"
import Docker from "dockerode"
import type { DiskUse, Space } from "../../disk/judge.ts"
import { EngineUnavailable, NoSuchLease, RunnerError } from "../errors.ts"
import type { Sample } from "../meter.ts"
import { Registries } from "../registry.ts"
import type {
  EngineImage,
  EngineInfo,
  Exited,
  FoundLease,
  ImageSpec,
  LeaseId,
  LeaseSpec,
  LogChunk,
  LogsOptions,
  PullProgress,
  Runner,
  RunState,
} from "../runner.ts"
import { CpuSampler } from "./cpu-sampler.ts"
import { createContainer } from "./create.ts"
import { DiskMeter, spaceOf } from "./disk-use.ts"
import { isSilence, statusOf, toStartError, within } from "./engine-errors.ts"
import { type Confinement, containerName, INSTANCE_LABEL, LEASE_LABEL, volumeName } from "./hardening.ts"
import { ensureImage, findImage, removeImage } from "./images.ts"
import { type Left, removeContainers, unlessGone } from "./leave.ts"
import { readLogs } from "./logs.ts"
import { ensureNetwork, removeNetwork } from "./network.ts"
import { runtimeFor } from "./runtime.ts"
import { stateOf } from "./states.ts"
import { waitForEnd } from "./wait.ts"

/** A network is gone in half a second; an engine that hangs must not keep a node from ending. */
const CLOSE_MS = 3_000
/** What an engine does not even answer a ping in, it does not answer. */
const PING_MS = 5_000

export interface DockerRunnerOptions {
  /** The engine's unix socket. */
  readonly socketPath: string
  /** Lower-case letters, digits and dashes: which containers of this engine are this node's. */
  readonly instance: string
  /** `isolated` (default): internet without host and LAN, where this machine can enforce it; `none`: no network at all. */
  readonly network?: "isolated" | "none"
  /** Resolvers for leases; public ones, because the machine's own is usually in the LAN they can't reach. */
  readonly dns?: readonly string[]
  /** `runsc`: gVisor; `open()` fails if the engine does not list it. Default `runc`. */
  readonly sandbox?: "runc" | "runsc"
  /** Prefixes of image names that need no registry. Default: `berth/`. */
  readonly localImages?: readonly string[]
  /** Registries in this machine's own networks that images may come from, `host` or `host:port`. Default: none. */
  readonly localRegistries?: readonly string[]
  /** How long any short call may take. Default 30 s. */
  readonly timeoutMs?: number
}

/**
 * Leases as containers of Docker, or of Podman through the same API.
 *
 * @example
 * const runner = new DockerRunner({ socketPath: "/var/run/docker.sock", instance: "home" })
 * await runner.open()
 */
export class DockerRunner implements Runner {
  readonly kind = "docker"
  readonly #docker: Docker
  readonly #options: Required<DockerRunnerOptions>
  readonly #sampler: CpuSampler
  readonly #disk: DiskMeter
  readonly #registries: Registries
  #confinement: Confinement
  /** Where the engine's data are on this machine; undefined: it is on another, or in a virtual one. */
  #dataRoot: string | undefined
  #opening: Promise<unknown> = Promise.resolve()

  constructor(options: DockerRunnerOptions) {
    if (!/^[a-z0-9][a-z0-9-]{0,31}$/.test(options.instance))
      throw new TypeError(`Instance label ${JSON.stringify(options.instance)}: use 1 to 32 of a-z, 0-9 and -`)
    this.#options = {
      network: "isolated",
      dns: ["1.1.1.1", "9.9.9.9"],
      sandbox: "runc",
      localImages: ["berth/"],
      localRegistries: [],
      timeoutMs: 30_000,
      ...options,
    }
    this.#docker = new Docker({ socketPath: options.socketPath })
    this.#sampler = new CpuSampler(this.#docker, (leaseId) => containerName(options.instance, leaseId), this.#options.timeoutMs)
    this.#disk = new DiskMeter(this.#docker)
    this.#registries = new Registries(this.#options.localRegistries)
    // Until open() has proven the isolated network, nothing gets any.
    this.#confinement = { instance: options.instance, network: "none", dns: this.#options.dns, runtime: this.#options.sandbox }
  }

  open(): Promise<EngineInfo> {
    const opening = this.#open()
    this.#opening = opening.catch(() => {}) // whoever asked for it hears of it
    return opening
  }

  async #open(): Promise<EngineInfo> {
    const { instance, sandbox, network: wanted, dns } = this.#options
    const info = await this.#ask("asking what it is", this.#docker.info())
    const runtime = runtimeFor(info, sandbox)
    const network =
      wanted === "none"
        ? { name: "none", bridge: null, detail: "Leases get no network: the node's config says so" }
        : await this.#ask("preparing its network", ensureNetwork(this.#docker, instance))
    this.#confinement = { instance, network: network.name, dns, runtime }
    const local = process.platform === "linux" && info.Name === hostname() && info.KernelVersion === release()
    this.#dataRoot = local ? info.DockerRootDir : undefined
    return {
      name: info.OperatingSystem,
      version: info.ServerVersion,
      localCgroups: local,
      network: network.name === "none" ? "none" : "isolated",
      networkDetail: network.detail,
      sandbox,
      cpus: info.NCPU,
      memoryBytes: info.MemTotal,
    }
  }

  async ping(): Promise<void> {
    await within(PING_MS, "answering a ping", this.#docker.ping())
  }

  async close(): Promise<void> {
    if (this.#confinement.network === "none") return
    const doing = "taking this node's network away"
    try {
      await within(CLOSE_MS, doing, this.#opening) // which would put it up again
      // Not all of `list()`: a node that stops waits less long for an engine that hangs.
      const rows = await within(CLOSE_MS, doing, this.#docker.listContainers({ all: true, filters: this.#filters() }))
      if (rows.every(({ State }) => State === "exited")) await within(CLOSE_MS, doing, removeNetwork(this.#docker, this.#options.instance))
    } catch (error) {
      if (!(error instanceof RunnerError)) throw error // a silent engine's network is found by the next start, or by leave()
    }
  }

  /** Takes all that is this node's out of the engine and the machine: containers, running or not, volumes, network, firewall rules. Idempotent. */
  async leave(): Promise<Left> {
    const { instance, timeoutMs } = this.#options
    const left = await removeContainers(this.#docker, instance, timeoutMs)
    await this.#ask("taking this node's network away", removeNetwork(this.#docker, instance))
    return left
  }

  findImage(reference: string): Promise<EngineImage | null> {
    return findImage(this.#docker, reference, this.#options.localImages)
  }

  ensureImage(spec: ImageSpec, onProgress?: (progress: PullProgress) => void, signal?: AbortSignal): Promise<EngineImage> {
    const { localImages } = this.#options
    return ensureImage({ docker: this.#docker, spec, localImages, registries: this.#registries, onProgress, signal })
  }

  removeImage(image: Pick<EngineImage, "id" | "tags">): Promise<boolean> {
    return removeImage(this.#docker, image)
  }

  create(lease: LeaseSpec): Promise<void> {
    return createContainer({ docker: this.#docker, lease, confinement: this.#confinement, timeoutMs: this.#options.timeoutMs })
  }

  async start(leaseId: LeaseId): Promise<void> {
    try {
      await this.#container(leaseId).start({ abortSignal: AbortSignal.timeout(2 * this.#options.timeoutMs) })
    } catch (error) {
      if (statusOf(error) === 304) return // it runs already
      throw toStartError(error, `starting lease ${leaseId}`)
    }
  }

  pause(leaseId: LeaseId): Promise<void> {
    return this.#reach(leaseId, "paused", "pausing", (container) => container.pause())
  }

  unpause(leaseId: LeaseId): Promise<void> {
    return this.#reach(leaseId, "running", "resuming", (container) => container.unpause())
  }

  async stop(leaseId: LeaseId, graceMs: number): Promise<void> {
    const container = this.#container(leaseId)
    const doing = `stopping lease ${leaseId}`
    const answer = container.stop({ t: Math.ceil(graceMs / 1000) }).catch((error) => {
      if (statusOf(error) !== 304) throw error // 304: it has ended already
    })
    await within(graceMs + this.#options.timeoutMs, doing, answer)
    this.#sampler.forget(leaseId)
  }

  async remove(leaseId: LeaseId): Promise<void> {
    this.#sampler.forget(leaseId)
    // v: nameless volumes that the image asked for go too; the lease's own has a name and stays
    await this.#ask(`removing lease ${leaseId}`, this.#container(leaseId).remove({ force: true, v: true }).catch(unlessGone))
  }

  async removeVolume(leaseId: LeaseId): Promise<void> {
    await this.#ask(
      `deleting the files of lease ${leaseId}`,
      this.#docker.getVolume(volumeName(this.#options.instance, leaseId)).remove().catch(unlessGone),
    )
  }

  async inspect(leaseId: LeaseId): Promise<RunState> {
    const facts = await this.#inspect(leaseId)
    return facts === null ? { status: "missing" } : stateOf(facts)
  }

  async list(): Promise<FoundLease[]> {
    const rows = await this.#ask("listing leases", this.#docker.listContainers({ all: true, filters: this.#filters() }))
    const found: FoundLease[] = []
    for (const row of rows) {
      const leaseId = row.Labels[LEASE_LABEL] as LeaseId
      const state = await this.#inspectOne(leaseId)
      if (state.status !== "missing") found.push({ leaseId, state, labels: row.Labels })
    }
    return found
  }

  /** A container that hangs, such as one whose program the kernel does not let go of, hides none of the others. */
  async #inspectOne(leaseId: LeaseId): Promise<RunState> {
    try {
      return await this.inspect(leaseId)
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error
      await this.ping()
      return { status: "unknown", detail: error.message }
    }
  }

  wait(leaseId: LeaseId, signal?: AbortSignal): Promise<Exited> {
    return waitForEnd({
      container: this.#container(leaseId),
      inspect: () => this.inspect(leaseId),
      doing: `waiting for lease ${leaseId}`,
      signal,
    })
  }

  logs(leaseId: LeaseId, options: LogsOptions = {}): AsyncGenerator<LogChunk> {
    const { timeoutMs } = this.#options
    const container = this.#container(leaseId)
    return readLogs({
      container,
      inspect: () => this.inspect(leaseId),
      doing: `reading the logs of lease ${leaseId}`,
      timeoutMs,
      ...options,
    })
  }

  async getArchive(leaseId: LeaseId, path: string): Promise<AsyncIterable<Uint8Array>> {
    try {
      return (await this.#ask(`reading ${path} of lease ${leaseId}`, this.#container(leaseId).getArchive({ path }))) as unknown as Readable
    } catch (error) {
      if (error instanceof NoSuchLease && /could not find the file|no such file/i.test(error.message))
        throw new RunnerError("PATH_NOT_FOUND", `Lease ${leaseId} has no ${path}.`, error)
      throw error
    }
  }

  sample(leaseIds: readonly LeaseId[]): Promise<Map<LeaseId, Sample>> {
    return this.#sampler.sample(leaseIds)
  }

  async diskUse(leaseId: LeaseId, signal?: AbortSignal): Promise<DiskUse | null> {
    const facts = await this.#inspect(leaseId)
    return facts && this.#disk.use(facts, this.#dataRoot !== undefined, signal)
  }

  async space(): Promise<Space | null> {
    return this.#dataRoot === undefined ? null : spaceOf(this.#dataRoot)
  }

  #filters() {
    return { label: [`${INSTANCE_LABEL}=${this.#options.instance}`, LEASE_LABEL] }
  }

  #container(leaseId: LeaseId): Docker.Container {
    return this.#docker.getContainer(containerName(this.#options.instance, leaseId))
  }

  #ask<T>(doing: string, answer: Promise<T>): Promise<T> {
    return within(this.#options.timeoutMs, doing, answer)
  }

  async #inspect(leaseId: LeaseId): Promise<Docker.ContainerInspectInfo | null> {
    try {
      const facts = await this.#ask(`looking at lease ${leaseId}`, this.#container(leaseId).inspect())
      return facts.Config.Labels?.[INSTANCE_LABEL] === this.#options.instance ? facts : null
    } catch (error) {
      if (error instanceof NoSuchLease) return null
      throw error
    }
  }

  /** Acts, and takes a refusal for success when the container is where it should be already. */
  async #reach(
    leaseId: LeaseId,
    status: RunState["status"],
    verb: string,
    act: (container: Docker.Container) => Promise<unknown>,
  ): Promise<void> {
    const doing = `${verb} lease ${leaseId}`
    try {
      await this.#ask(doing, act(this.#container(leaseId)))
    } catch (error) {
      if (isSilence((error as Error).cause) || error instanceof NoSuchLease || error instanceof EngineUnavailable) throw error
      if ((await this.inspect(leaseId)).status !== status) throw error
    }
  }
}
