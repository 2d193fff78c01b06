import { execFile } from "node:child_process"
import { constants } from "node:fs"
import { access, readdir, readFile, stat, statfs } from "node:fs/promises"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import type Docker from "dockerode"
import type { DiskUse, Space } from "../../disk/judge.ts"
import { findCpuCounter } from "../cgroup.ts"
import { RunnerError } from "../errors.ts"
import { statusOf, toRunnerError } from "./engine-errors.ts"

const run = promisify(execFile)
/** Of a tree that takes longer nothing new is known. The caller's rests grow with it. */
const WALK_MS = 600_000
/** Open files that are looked at for one lease: some 30 us each. */
const MAX_OPEN = 20_000
const BLOCK = 512

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
  return [...folders, ...files.filter((_, i) => there[i])]
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
  async use(facts: Docker.ContainerInspectInfo, local: boolean): Promise<DiskUse | null> {
    try {
      return (local ? await localUse(facts) : null) ?? (await this.#ofEngine(facts))
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
 * is not root, a storage driver without an upper folder). Counts blocks, as `du` does: the engine's own figure takes a file's length, which a million files
 * of one byte make small and one sparse file makes huge. And counts what was deleted and is still open, which no walk finds.
 */
async function localUse(facts: Docker.ContainerInspectInfo): Promise<DiskUse | null> {
  const places = await placesOf(facts)
  if (places === null) return null
  const [bytes, inodes, unlinked] = [await du("--block-size=1", places), await du("--inodes", places), await unlinkedOf(facts, places)]
  return { bytes: bytes + unlinked.bytes, inodes: inodes + unlinked.inodes }
}

/**
 * Never follows a tenant's links, never leaves the file system. At the usual priority: at a low one, tenants that keep all CPUs busy would put off their
 * own measurement.
 */
async function du(what: string, places: readonly string[]): Promise<number> {
  const args = ["--summarize", "--one-file-system", what, "--", ...places]
  // 1: something went away while it was looked at, and the sum of the rest is on stdout all the same
  const { stdout } = await run("du", args, { timeout: WALK_MS }).catch((error) => {
    if (error.code === 1 && error.stdout) return { stdout: String(error.stdout) }
    throw new RunnerError("ENGINE_REFUSED", `du could not measure ${places[0]}: ${error.stderr || error.message}`, error)
  })
  return stdout
    .trim()
    .split("\n")
    .reduce((sum, line) => sum + Number.parseInt(line, 10), 0)
}

/** Files that the container's processes have deleted and hold, by descriptor or mapping: their blocks are not free before they let go. */
async function unlinkedOf(facts: Docker.ContainerInspectInfo, places: readonly string[]): Promise<DiskUse> {
  const none = { bytes: 0, inodes: 0 }
  if (!facts.State.Running) return none
  const counter = await findCpuCounter(facts.State.Pid, facts.Id)
  if (counter === null) return none
  const procs = await readFile(join(dirname(counter.path), "cgroup.procs"), "utf8").catch(() => "")
  // Memory-backed files (tmpfs, memfd) count as memory already: only what is on these devices is on the disk.
  const roots = await Promise.all([`/proc/${facts.State.Pid}/root`, ...places].map((path) => stat(path).catch(() => null)))
  const devices = new Set(roots.map((root) => root?.dev))
  const found = new Map<string, number>()
  let left = MAX_OPEN
  for (const pid of procs.split("\n").filter(Boolean))
    for (const folder of [`/proc/${pid}/fd`, `/proc/${pid}/map_files`])
      for (const name of await readdir(folder).catch(() => [])) {
        if (left-- <= 0) break
        const file = await stat(join(folder, name)).catch(() => null)
        if (file?.isFile() && file.nlink === 0 && devices.has(file.dev)) found.set(`${file.dev}:${file.ino}`, file.blocks * BLOCK)
      }
  return { bytes: [...found.values()].reduce((sum, bytes) => sum + bytes, 0), inodes: found.size }
}
