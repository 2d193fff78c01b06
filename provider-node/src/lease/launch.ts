import type { NodeConfig } from "../config.ts"
import type { DiskWatch } from "../disk/disk-watch.ts"
import type { ImageKeeper } from "../disk/image-keeper.ts"
import { RunnerError } from "../runner/errors.ts"
import type { LeaseSpec, Runner } from "../runner/runner.ts"
import type { LiveLease } from "./live-lease.ts"
import type { LeaseTable } from "./table.ts"

export interface LaunchModules {
  readonly runner: Runner
  readonly leases: LeaseTable
  readonly disk: Pick<DiskWatch, "expectPull" | "trouble">
  readonly images: Pick<ImageKeeper, "note">
}

/**
 * Image, container, start. Each part is idempotent, so that a launch that was cut off is simply done again.
 * @returns false when it was aborted
 * @throws RunnerError
 */
export async function launch(
  lease: LiveLease,
  config: NodeConfig,
  { runner, leases, disk, images }: LaunchModules,
  signal: AbortSignal,
): Promise<boolean> {
  if (!lease.row.imageId) {
    const { privateTerms, pullLimit } = lease.row.deal
    if (disk.trouble && !(await runner.findImage(privateTerms.image))) disk.expectPull(privateTerms.image)
    const image = await runner.ensureImage(
      { reference: privateTerms.image, limitBytes: Number(pullLimit), deadlineMs: config.pullDeadlineMs },
      (progress) => {
        lease.pulledBytes = BigInt(progress.bytes)
        lease.pullTotalBytes = BigInt(progress.totalBytes)
        if (lease.state === "accepted") leases.change(lease, { state: "pulling" })
        else leases.onChange.emit(lease)
      },
      signal,
    )
    lease.row.imageId = image.id
    images.note(image, privateTerms.image)
  }
  if (signal.aborted) return false
  await runner.create(specOf(lease, config, lease.row.imageId))
  if (signal.aborted) return false
  leases.change(lease, { state: "starting", imageId: lease.row.imageId })
  await runner.start(lease.id)
  lease.started()
  leases.change(lease, { state: "ready" })
  return true
}

/**
 * Makes the container while the newcomer's first receipt is still being signed, if that takes no more than the engine's own image: nothing
 * is pulled for somebody who has not paid. What fails here is left for the launch to meet again.
 * @throws EngineUnavailable
 */
export async function prepare(
  lease: LiveLease,
  config: NodeConfig,
  { runner, images }: Pick<LaunchModules, "runner" | "images">,
): Promise<void> {
  lease.prepared = ""
  try {
    const image = await runner.findImage(lease.row.deal.privateTerms.image)
    if (!image) return
    images.note(image, lease.row.deal.privateTerms.image)
    await runner.create(specOf(lease, config, image.id))
    lease.prepared = image.id
  } catch (error) {
    if (!isFinal(error)) throw error
  }
}

/** What the engine is given for a lease: terms, and this node's limits for its offer. */
function specOf(lease: LiveLease, config: NodeConfig, image: string): LeaseSpec {
  const { terms, privateTerms: p, devices, leaseId } = lease.row.deal
  const offer = config.offers.find((o) => o.class === terms.class)
  const cpuClass = terms.class.startsWith("cpu/")
  const memoryMiB = Math.min(p.memoryMiB ?? Number.POSITIVE_INFINITY, (offer?.memoryMiB ?? 1_024) * terms.count)
  return {
    leaseId,
    image,
    count: terms.count,
    devices,
    cpus: (offer?.cpus ?? (cpuClass ? 1 : 4)) * terms.count,
    memoryBytes: memoryMiB * 1024 ** 2,
    ...(p.entrypoint ? { entrypoint: p.entrypoint } : {}),
    ...(p.command ? { command: p.command } : {}),
    ...(p.env ? { env: p.env } : {}),
    ...(p.workdir ? { workingDir: p.workdir } : {}),
    ...(p.readOnly === undefined ? {} : { readOnlyRoot: p.readOnly }),
  }
}

/** Whether a failure ends the lease: the engine's refusal does, its silence does not. */
export function isFinal(error: unknown): error is RunnerError {
  return error instanceof RunnerError && error.code !== "ENGINE_UNAVAILABLE"
}
