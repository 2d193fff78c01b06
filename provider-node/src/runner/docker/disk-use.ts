import { constants } from "node:fs"
import { access, readFile, stat, statfs } from "node:fs/promises"
import { dirname, join } from "node:path"
import type Docker from "dockerode"
import type { DiskUse, Space } from "../../disk/judge.ts"
import { findCpuCounter } from "../cgroup.ts"
import { du } from "./du.ts"
import { statusOf, toRunnerError } from "./engine-errors.ts"
import { heldOf } from "./open-files.ts"

const mayRead = (path: string): Promise<boolean> =>
  access(path, constants.R_OK).then(
    () => true,
    () => false,
  )

/** Where a container's writes are on this machine: its layer; every volume, those that its image asked for too; the files that the engine mounts into /etc. */
async function placesOf(facts: Docker.ContainerInspectInfo): Promise<string[] | null> {
  const upper = (facts.GraphDriver?.Data as Record<string, string> | null)?.UpperDir
  if (!upper) return null
  const folders = [upper, ...facts.Mounts.filter((m) => m.Type === "volume").map((m) => m.Source)]
  if (!(await Promise.all(folders.map(mayRead))).every(Boolean)) return null
  const files = [facts.HostsPath, facts.HostnamePath, facts.ResolvConfPath]
  const there = await Promise.all(files.map((file) => mayRead(file)))
  // Once each: so does `du` count them.
  return [...new Set([...folders, ...files.filter((_, i) => there[i])])]
}

/** Measures what containers keep. */
export class DiskMeter {
  readonly #docker: Docker
  /** Sizes of all volumes are one answer, which takes the engine long: whoever asks meanwhile gets the same. */
  #volumes: Promise<Map<string, number>> | undefined

  constructor(docker: Docker) {
    this.#docker = docker
  }

  /** @param local whether the engine's files are on this machine */
  async use(facts: Docker.ContainerInspectInfo, local: boolean, signal?: AbortSignal): Promise<DiskUse | null> {
    try {
      return (local ? await localUse(facts, signal) : null) ?? (await this.#ofEngine(facts))
    } catch (error) {
      if (statusOf(error) === 404) return null
      throw toRunnerError(error, `measuring container ${facts.Id}`)
    }
  }

  /** As the engine says it, where this machine can't be looked at: files' lengths, and nothing of what is deleted but open. */
  async #ofEngine(facts: Docker.ContainerInspectInfo): Promise<DiskUse> {
    const names = facts.Mounts.filter((m) => m.Type === "volume").map((m) => m.Name ?? "")
    // dockerode's types know no options that change the answer
    const inspect = this.#docker.getContainer(facts.Id).inspect as (options: { size: true }) => Promise<{ SizeRw?: number }>
    const { SizeRw = 0 } = await inspect.call(this.#docker.getContainer(facts.Id), { size: true })
    const sizes = await this.#sizesOfVolumes()
    return { bytes: names.reduce((sum, name) => sum + Math.max(sizes.get(name) ?? 0, 0), SizeRw), inodes: 0 }
  }

  #sizesOfVolumes(): Promise<Map<string, number>> {
    this.#volumes ??= (this.#docker.df() as Promise<{ Volumes: { Name: string; UsageData?: { Size: number } }[] | null }>)
      .then((all) => new Map((all.Volumes ?? []).map((volume) => [volume.Name, volume.UsageData?.Size ?? 0])))
      .finally(() => {
        this.#volumes = undefined
      })
    return this.#volumes
  }
}

/** What the file system of a folder has left: one system call. */
export async function spaceOf(folder: string): Promise<Space> {
  const { bsize, blocks, bavail, files, ffree } = await statfs(folder)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, freeInodes: ffree, totalInodes: files }
}

/**
 * What a container keeps on the disk, read from this machine's file system; null where that can't be read (an engine in a virtual machine, a node that
 * is not root, no `du`, a storage driver without an upper folder). Counts blocks, as `du` does: the engine's own figure takes a file's length, which a million files
 * of one byte make small and one sparse file makes huge. And counts what was deleted and is still open, which no walk finds.
 */
async function localUse(facts: Docker.ContainerInspectInfo, signal?: AbortSignal): Promise<DiskUse | null> {
  const places = await placesOf(facts)
  if (places === null) return null
  const bytes = await du("--block-size=1", places, signal)
  const inodes = await du("--inodes", places, signal)
  if (bytes === null || inodes === null) return null
  const unlinked = await unlinkedOf(facts, places, signal)
  return { bytes: bytes + unlinked.bytes, inodes: inodes + unlinked.inodes }
}

/** Files that the container's processes have deleted and hold. */
async function unlinkedOf(facts: Docker.ContainerInspectInfo, places: readonly string[], signal?: AbortSignal): Promise<DiskUse> {
  const none = { bytes: 0, inodes: 0 }
  if (!facts.State.Running) return none
  const counter = await findCpuCounter(facts.State.Pid, facts.Id)
  if (counter === null) return none
  const cgroup = dirname(counter.path)
  const idsIn = (name: string) =>
    readFile(join(cgroup, name), "utf8").then(
      (text) => text.split("\n").filter(Boolean),
      () => undefined,
    )
  const processes = (await idsIn("cgroup.procs")) ?? []
  const threads = (await idsIn(counter.format === "v2" ? "cgroup.threads" : "tasks")) ?? processes
  const roots = await Promise.all([`/proc/${facts.State.Pid}/root`, ...places].map((path) => stat(path).catch(() => null)))
  return heldOf({ threads, processes, devices: new Set(roots.flatMap((root) => root?.dev ?? [])), signal })
}
