import type { DiskUse, Space } from "../disk/judge.ts"
import type { Sample } from "./meter.ts"

/** A lease's id as in its signed terms: 32 bytes, 0x-prefixed lower-case hex. It names the container and the volume. */
export type LeaseId = `0x${string}`

/** What an image pull may cost and which bytes it must give. */
export interface ImageSpec {
  /** `repo/name:tag`, `repo/name@sha256:<64 hex>` (pinned, verified), or the id of an image that the engine already has. */
  readonly reference: string
  /** Refused above this many bytes (compressed bytes while pulling, unpacked size afterwards). */
  readonly limitBytes: number
  /** Whole pull, milliseconds. */
  readonly deadlineMs: number
}

/** Progress of a pull. Totals grow while manifests and layers become known: show it, do not compute with it. */
export interface PullProgress {
  readonly status: string
  readonly layers: number
  readonly layersDone: number
  readonly bytes: number
  readonly totalBytes: number
}

/** An image in the engine. `id` is content-addressed and is what {@link LeaseSpec.image} must name. */
export interface EngineImage {
  readonly id: string
  readonly digest: string | null
  readonly sizeBytes: number
  /** Names by tag, as the engine shows them; none of an image that was pulled by digest. */
  readonly tags: readonly string[]
  /** The name, of those that the engine shows by tag or digest, that a pull by the reference gives it; null when there is none, as of an id. */
  readonly name: string | null
  /** False: it was there already, nothing was fetched. */
  readonly pulled: boolean
}

/** One workload, ready to create. The engine is never given more than this. */
export interface LeaseSpec {
  readonly leaseId: LeaseId
  /** {@link EngineImage.id}. */
  readonly image: string
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly workingDir?: string
  /** `uid[:gid]` in numbers, or a name in the image. Default: the image's own user. */
  readonly user?: string
  /** Units of the offer's class: GPUs, or vCPUs of `cpu/x86-64`. */
  readonly count: number
  /** Device UUIDs this lease owns; empty for the CPU class. Never indexes, never "all". */
  readonly devices: readonly string[]
  readonly cpus: number
  readonly memoryBytes: number
  /** Default 64 MiB; counts against {@link memoryBytes}. */
  readonly shmBytes?: number
  readonly readOnlyRoot?: boolean
  readonly labels?: Readonly<Record<string, string>>
}

/**
 * What the engine says about one lease. An engine that does not answer is never one of these: every method then
 * throws `EngineUnavailable`. `unknown` is an answer that proves nothing (a container being removed, a queue's own UNKNOWN).
 */
export type RunState =
  | { readonly status: "missing" }
  | { readonly status: "created" }
  | { readonly status: "running"; readonly startedAt: Date; readonly address: string | null }
  | { readonly status: "paused"; readonly startedAt: Date; readonly address: string | null }
  | Exited
  | { readonly status: "unknown"; readonly detail: string }

/** A container that ended. `error` is the engine's own word for a start that failed; `oomKilled` beats `code`. */
export interface Exited {
  readonly status: "exited"
  readonly code: number
  readonly oomKilled: boolean
  readonly error: string | null
  readonly finishedAt: Date
}

/** One container of this node's instance label, as found after a restart. */
export interface FoundLease {
  readonly leaseId: LeaseId
  readonly state: RunState
  readonly labels: Readonly<Record<string, string>>
}

export interface LogsOptions {
  /** Keep going until the container ends or `signal` aborts. Default false. */
  readonly follow?: boolean
  /** Only lines later than this (unix nanoseconds, exclusive): the last `timeNs` already seen. */
  readonly sinceNs?: bigint
  /** Only the last so many lines. Applied by the engine before `sinceNs`. */
  readonly tail?: number
  readonly signal?: AbortSignal
}

/** A piece of output: one line, or a part of one longer than 16 KiB. `timeNs` grows within a stream. */
export interface LogChunk {
  readonly stream: "stdout" | "stderr"
  readonly timeNs: bigint
  readonly data: Uint8Array
}

/** What this machine can offer, and what its engine can promise. */
export interface EngineInfo {
  readonly name: string
  readonly version: string
  /** False where usage is read through the engine's API instead of local cgroups: about 1 Hz instead of 5 Hz. */
  readonly localCgroups: boolean
  /** `isolated`: internet without host, LAN, metadata or other tenants. `none`: no network at all, `networkDetail` says why. */
  readonly network: "isolated" | "none"
  readonly networkDetail: string
  /** `runsc` only when asked for and listed by the engine. */
  readonly sandbox: "runc" | "runsc"
  readonly cpus: number
  readonly memoryBytes: number
}

/**
 * Where leases run. One driver per engine (`docker` now; `slurm`, `kubernetes` later). The engine is the fact and the node's
 * journal is the wish: nothing here decides, bills or restarts. Every method may throw `EngineUnavailable` (ask again
 * later; it says nothing about any lease) and `RunnerError`s of errors.ts.
 */
export interface Runner {
  readonly kind: "docker" | "slurm" | "kubernetes"

  /** Connects, prepares the network, checks what was asked for. Idempotent; call before anything else. */
  open(): Promise<EngineInfo>
  /** Resolves when the engine itself answers, whatever hangs in it. @throws EngineUnavailable */
  ping(): Promise<void>
  /** Lets go of the engine. Containers keep running; what was prepared for them goes when none is left that could use it. */
  close(): Promise<void>

  /** An image that is there and may be used without asking a registry; null when it would have to be pulled. */
  findImage(reference: string): Promise<EngineImage | null>
  /** Makes an image present and proves its digest. A local id or tag needs no registry. */
  ensureImage(spec: ImageSpec, onProgress?: (progress: PullProgress) => void, signal?: AbortSignal): Promise<EngineImage>

  /**
   * Removes an image that has none but these names and that no container uses; leaves any other alone. Digests go with a tag of their repository, and of
   * one repository need no name.
   * @returns whether it is gone
   */
  removeImage(image: Pick<EngineImage, "id" | "tags">): Promise<boolean>

  /** Idempotent by lease id: a container that is there already with the same spec is left as it is. */
  create(lease: LeaseSpec): Promise<void>
  start(leaseId: LeaseId): Promise<void>
  pause(leaseId: LeaseId): Promise<void>
  unpause(leaseId: LeaseId): Promise<void>
  /** The image's stop signal, then SIGKILL after `graceMs`. Of a paused one too. Resolves when it has ended. */
  stop(leaseId: LeaseId, graceMs: number): Promise<void>
  /** Kills and removes the container; keeps the volume. Nothing to remove is fine. */
  remove(leaseId: LeaseId): Promise<void>
  /** Deletes what the lease wrote to `/out`. Nothing to remove is fine. */
  removeVolume(leaseId: LeaseId): Promise<void>

  inspect(leaseId: LeaseId): Promise<RunState>
  /** All containers with this node's instance label, and no others. One that the engine is silent of, while it answers otherwise, is `unknown`. */
  list(): Promise<FoundLease[]>
  /** Resolves when the container has ended; rejects with `NoSuchLease` when it is or goes missing. */
  wait(leaseId: LeaseId, signal?: AbortSignal): Promise<Exited>
  /** Lines in the order in which they were written. See {@link LogsOptions.sinceNs} for going on after a restart. */
  logs(leaseId: LeaseId, options?: LogsOptions): AsyncIterable<LogChunk>
  /** A tar of `path` inside the container (running or ended). */
  getArchive(leaseId: LeaseId, path: string): Promise<AsyncIterable<Uint8Array>>

  /** Cumulative use, now, of the leases that run; a lease that does not run, or whose use cannot be read, is absent. Feed it to a `Meter`. */
  sample(leaseIds: readonly LeaseId[]): Promise<Map<LeaseId, Sample>>

  /**
   * What a lease's container (running or ended) keeps on the disk; null when there is none. Walks what it has written: not for every tick.
   * @throws RunnerError `DISK_UNREADABLE`, `TOO_MANY_OPEN_FILES` when what it holds did not let the walk come to an end
   */
  diskUse(leaseId: LeaseId, signal?: AbortSignal): Promise<DiskUse | null>
  /** What the file system under the engine's data has left; null where it can't be seen from here. A system call, no more. */
  space(): Promise<Space | null>
}
