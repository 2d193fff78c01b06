import { createHash } from "node:crypto"
import type { ContainerCreateOptions, HostConfig } from "dockerode"
import type { LeaseId, LeaseSpec } from "../runner.ts"
import { deviceRequests } from "./devices.ts"

export const INSTANCE_LABEL = "berth.instance"
export const LEASE_LABEL = "berth.lease"
/** Hash of the spec: a second create with another spec is a conflict, not a success. */
export const SPEC_LABEL = "berth.spec"
export const OUT_PATH = "/out"

const PIDS_LIMIT = 512
const SHM_BYTES = 64 * 2 ** 20
const TMPFS = "rw,nosuid,nodev,mode=1777,size=268435456"

export interface Confinement {
  /** Label of this node: one per checkout or profile, so that a rerun finds its own containers and no others. */
  readonly instance: string
  /** Name of the isolated network, or `none`. */
  readonly network: string
  readonly dns: readonly string[]
  /** See runtime.ts. */
  readonly runtime: string
}

export const containerName = (instance: string, leaseId: LeaseId): string => `berth-${instance}-${leaseId.slice(2)}`
export const volumeName = (instance: string, leaseId: LeaseId): string => `berth-${instance}-${leaseId.slice(2)}-out`

/**
 * A lease without devices says so to whatever hands them out by the environment (NVIDIA's runtime, or its hook, which Podman runs under any runtime).
 * With devices the engine itself names those of the request, after these.
 */
const NO_DEVICES = { NVIDIA_VISIBLE_DEVICES: "void" }

/** Image < tenant < node. Pure. */
function envOf({ env, devices }: LeaseSpec): string[] {
  return Object.entries({ ...env, ...(devices.length === 0 ? NO_DEVICES : {}) }).map(([name, value]) => `${name}=${value}`)
}

/** Hash of everything in the spec that shapes the container. */
export function specHash(lease: LeaseSpec): string {
  const sorted = Object.fromEntries(Object.entries(lease).sort(([left], [right]) => (left < right ? -1 : 1)))
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex")
}

/**
 * How a stranger's container is held, deny by default (research/practice.md 4.2). Nothing of a lease can loosen it. Pure.
 * - no capability, no way to gain one, the engine's default seccomp and AppArmor profiles (never named here, hence never "unconfined")
 * - memory = memory + swap: a lease cannot push the operator's machine into swapping
 * - the only mount is the lease's own volume; no host path, no socket, no host namespace
 * - the image's own user is kept: root without capabilities owns its files but nothing else. `user` in the lease can lower it
 * - restart policy "no": the node decides; `Init` reaps zombies and passes signals on
 */
export function hostConfig(lease: LeaseSpec, confinement: Confinement): HostConfig {
  const requests = deviceRequests(lease.devices)
  return {
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    Privileged: false,
    PidsLimit: PIDS_LIMIT,
    Memory: lease.memoryBytes,
    MemorySwap: lease.memoryBytes,
    NanoCpus: Math.round(lease.cpus * 1e9),
    Init: true,
    IpcMode: "private",
    ShmSize: lease.shmBytes ?? SHM_BYTES,
    ReadonlyRootfs: lease.readOnlyRoot ?? false,
    // With a writable root, /tmp is on disk: a memory-backed one would eat the memory that the tenant pays for.
    ...(lease.readOnlyRoot ? { Tmpfs: { "/tmp": TMPFS, "/run": TMPFS } } : {}),
    Mounts: [{ Type: "volume", Source: volumeName(confinement.instance, lease.leaseId), Target: OUT_PATH, ReadOnly: false }],
    NetworkMode: confinement.network,
    ...(confinement.network === "none" ? {} : { Dns: [...confinement.dns] }),
    PublishAllPorts: false,
    RestartPolicy: { Name: "no" },
    // json-file: the one driver that Docker and Podman both have and that can be read back by time after a restart.
    LogConfig: { Type: "json-file", Config: { "max-size": "16m", "max-file": "2" } },
    ...(requests.length === 0 ? {} : { DeviceRequests: requests }),
    Runtime: confinement.runtime,
  }
}

/** The whole create request. Pure. */
export function containerConfig(lease: LeaseSpec, confinement: Confinement): ContainerCreateOptions {
  return {
    name: containerName(confinement.instance, lease.leaseId),
    Image: lease.image,
    Hostname: lease.leaseId.slice(2, 14),
    Tty: false, // with a terminal both streams arrive as one and cannot be told apart
    OpenStdin: false,
    // The engine starts an image's probe as often as each millisecond, and its own work for that is in no cgroup of the lease: nobody would pay it.
    Healthcheck: { Test: ["NONE"] },
    ...(lease.entrypoint ? { Entrypoint: [...lease.entrypoint] } : {}),
    ...(lease.command ? { Cmd: [...lease.command] } : {}),
    ...(lease.workingDir ? { WorkingDir: lease.workingDir } : {}),
    ...(lease.user ? { User: lease.user } : {}),
    Env: envOf(lease),
    Labels: {
      ...lease.labels,
      [INSTANCE_LABEL]: confinement.instance,
      [LEASE_LABEL]: lease.leaseId,
      [SPEC_LABEL]: specHash(lease),
    },
    HostConfig: hostConfig(lease, confinement),
  }
}
