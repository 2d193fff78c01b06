import { setTimeout as delay } from "node:timers/promises"
import type Docker from "dockerode"
import { type CpuCounter, findCpuCounter, readCpuNs } from "../cgroup.ts"
import type { Sample } from "../meter.ts"
import type { LeaseId } from "../runner.ts"
import { statusOf, within } from "./engine-errors.ts"

/** Where one lease's CPU time is read: its cgroup, or the engine's own figures; or nowhere before `retryAt`. */
type Source = { readonly counter: CpuCounter } | { readonly remote: true; readonly nextAt: number } | { readonly retryAt: number }

const RETRY_MS = 1_000
const REMOTE_PERIOD_MS = 900
/** What the engine is slow about is not waited for: it would hold up all others. */
const PATIENCE_MS = 250

/** Reads the CPU time of leases' containers, by their cgroups where these are on this machine, else through the engine. */
export class CpuSampler {
  readonly #docker: Docker
  readonly #timeoutMs: number
  readonly #nameOf: (leaseId: LeaseId) => string
  readonly #sources = new Map<LeaseId, Source>()
  readonly #underway = new Map<LeaseId, Promise<void>>()
  readonly #outcomes = new Map<LeaseId, Sample | { readonly error: unknown }>()

  constructor(docker: Docker, nameOf: (leaseId: LeaseId) => string, timeoutMs: number) {
    this.#docker = docker
    this.#nameOf = nameOf
    this.#timeoutMs = timeoutMs
  }

  forget(leaseId: LeaseId): void {
    this.#sources.delete(leaseId)
    this.#outcomes.delete(leaseId)
  }

  /**
   * What is read within a moment, and what came late of the rounds before. @throws EngineUnavailable, RunnerError when there was nothing but
   * failures
   */
  async sample(leaseIds: readonly LeaseId[]): Promise<Map<LeaseId, Sample>> {
    const patience = new AbortController()
    await Promise.race([
      Promise.all(leaseIds.map((leaseId) => this.#begin(leaseId))),
      delay(PATIENCE_MS, undefined, { signal: patience.signal }).catch(() => {}),
    ])
    patience.abort()
    const samples = new Map<LeaseId, Sample>()
    let failure: unknown
    for (const leaseId of leaseIds) {
      const outcome = this.#outcomes.get(leaseId)
      this.#outcomes.delete(leaseId)
      if (outcome && "error" in outcome) failure = outcome.error
      else if (outcome) samples.set(leaseId, outcome)
    }
    if (samples.size === 0 && failure !== undefined) throw failure
    return samples
  }

  /** A question that is not answered yet is not asked again. */
  #begin(leaseId: LeaseId): Promise<void> {
    const underway = this.#underway.get(leaseId)
    if (underway) return underway
    const reading = this.#read(leaseId)
      .then((sample) => void (sample && this.#outcomes.set(leaseId, sample)))
      .catch((error) => void this.#outcomes.set(leaseId, { error }))
      .finally(() => this.#underway.delete(leaseId))
    this.#underway.set(leaseId, reading)
    return reading
  }

  async #read(leaseId: LeaseId): Promise<Sample | null> {
    const now = performance.now()
    let source = this.#sources.get(leaseId)
    if (source === undefined || ("retryAt" in source && now >= source.retryAt)) {
      source = await this.#find(leaseId)
      this.#sources.set(leaseId, source)
    }
    if ("counter" in source) {
      const cpuNs = await readCpuNs(source.counter)
      if (cpuNs !== null) return { atMs: performance.now(), cpuNs }
      this.#sources.delete(leaseId) // it ended, or began anew elsewhere
      return null
    }
    return "remote" in source && now >= source.nextAt ? this.#readRemote(leaseId) : null
  }

  async #find(leaseId: LeaseId): Promise<Source> {
    const none: Source = { retryAt: performance.now() + RETRY_MS }
    try {
      const facts = await within(this.#timeoutMs, `looking at lease ${leaseId}`, this.#docker.getContainer(this.#nameOf(leaseId)).inspect())
      if (!facts.State.Running) return none
      const counter = await findCpuCounter(facts.State.Pid, facts.Id)
      return counter === null ? { remote: true, nextAt: 0 } : { counter }
    } catch (error) {
      if (statusOf((error as Error).cause) === 404) return none
      throw error
    }
  }

  async #readRemote(leaseId: LeaseId): Promise<Sample | null> {
    this.#sources.set(leaseId, { remote: true, nextAt: performance.now() + REMOTE_PERIOD_MS })
    const container = this.#docker.getContainer(this.#nameOf(leaseId))
    // one-shot: without it the engine waits for a second reading, to compute a share that is not wanted here
    const stats = await within(this.#timeoutMs, `reading the use of lease ${leaseId}`, container.stats({ stream: false, "one-shot": true }))
    const used = stats.cpu_stats?.cpu_usage?.total_usage
    if (!used) {
      this.#sources.delete(leaseId) // an ended container shows zeros
      return null
    }
    return { atMs: performance.now(), cpuNs: BigInt(used) }
  }
}
