import type Docker from "dockerode"
import { ImageError, RunnerError } from "../errors.ts"
import type { LeaseSpec } from "../runner.ts"
import { statusOf, within } from "./engine-errors.ts"
import {
  type Confinement,
  containerConfig,
  containerName,
  INSTANCE_LABEL,
  LEASE_LABEL,
  OUT_PATH,
  SPEC_LABEL,
  specHash,
  volumeName,
} from "./hardening.ts"
import { folderTar } from "./tar.ts"

export interface CreateContainer {
  readonly docker: Docker
  readonly lease: LeaseSpec
  readonly confinement: Confinement
  readonly timeoutMs: number
}

/** Makes a lease's volume and container, once: see `Runner.create`. */
export async function createContainer({ docker, lease, confinement, timeoutMs }: CreateContainer): Promise<void> {
  const { leaseId } = lease
  const { instance } = confinement
  const doing = `creating the container of lease ${leaseId}`
  const labels = { [INSTANCE_LABEL]: instance, [LEASE_LABEL]: leaseId }
  await within(timeoutMs, doing, docker.createVolume({ Name: volumeName(instance, leaseId), Labels: labels }))
  const container = docker.getContainer(containerName(instance, leaseId))
  try {
    await within(timeoutMs, doing, docker.createContainer(containerConfig(lease, confinement)))
  } catch (error) {
    const status = statusOf((error as Error).cause)
    if (status === 404)
      throw new ImageError(
        "IMAGE_NOT_FOUND",
        `Lease ${leaseId} names image ${lease.image}, which the engine does not have. Call ensureImage() first.`,
        error,
      )
    if (status !== 409) throw error
    const there = await within(timeoutMs, doing, container.inspect())
    if (there.Config.Labels[SPEC_LABEL] !== specHash(lease))
      throw new RunnerError(
        "LEASE_CONFLICT",
        `Lease ${leaseId} already has a container, made from another spec. Remove that one first.`,
        error,
      )
    if (there.State.Status !== "created") return
  }
  // Also of one that was there but never started: whoever made it may have been killed before this step.
  if (!isRoot(lease.user ?? (await within(timeoutMs, doing, docker.getImage(lease.image).inspect())).Config.User ?? "")) {
    // A fresh volume belongs to root; an image with another user could not write its results there.
    await within(timeoutMs, doing, container.putArchive(folderTar(OUT_PATH.slice(1), 0o1777), { path: "/" }))
  }
}

const isRoot = (user: string): boolean => ["", "0", "root"].includes(user.split(":")[0]!)
