import { execFile } from "node:child_process"
import { availableParallelism, totalmem } from "node:os"
import { promisify } from "node:util"

const run = promisify(execFile)

/** One thing that a lease can own. */
export interface Device {
  /** The driver's name for it, `GPU-...` or `MIG-...`. Indexes change; this does not. */
  readonly uuid: string
  /** As offers name it: `nvidia/rtx-4090`; a MIG slice adds its profile, `nvidia/a100-80gb:1g.10gb`. */
  readonly gpuClass: string
  /** As the driver says. It is the driver's claim, no proof. */
  readonly model: string
  readonly memoryBytes: number
  readonly driver: string
}

/** What this machine can offer. `cpu/x86-64` is sold by vCPU; GPU classes by device. */
export interface Inventory {
  readonly cpuClass: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly gpus: readonly Device[]
  /** Why no GPU was found, in a sentence for the operator; null when there are some. */
  readonly gpuDetail: string | null
}

const QUERY = ["uuid", "name", "memory.total", "driver_version", "mig.mode.current"]

/** `NVIDIA GeForce RTX 4090` is `nvidia/rtx-4090`, `NVIDIA A100-SXM4-80GB` is `nvidia/a100-80gb`: the model without marketing or socket. Pure. */
export function gpuClassOf(model: string): string {
  const words = model
    .toLowerCase()
    .replace(/^nvidia\s+/, "")
    .replace(/\b(geforce|tesla|quadro|graphics|generation|hbm\d*e?|sxm\d*|pcie|nvl)\b/g, " ")
    .replace(/(\d)\s+gb\b/g, "$1gb")
  return `nvidia/${words.replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")}`
}

/** The rows of `nvidia-smi --query-gpu=... --format=csv,noheader,nounits`. Sizes are MiB. A card in MIG mode is left out: its slices are sold. Pure. */
export function parseGpus(csv: string): { readonly gpus: Device[]; readonly migParents: ReadonlyMap<string, Device> } {
  const gpus: Device[] = []
  const migParents = new Map<string, Device>()
  for (const line of csv.trim().split("\n")) {
    const [uuid = "", model = "", memory = "", driver = "", mig = ""] = line.split(",").map((field) => field.trim())
    // A card that fell off the bus shows "[Unknown Error]" or "[N/A]": it cannot be sold.
    if (!uuid.startsWith("GPU-") || !/^\d+$/.test(memory)) continue
    const device = { uuid, gpuClass: gpuClassOf(model), model, memoryBytes: Number(memory) * 2 ** 20, driver }
    if (mig === "Enabled") migParents.set(uuid, device)
    else gpus.push(device)
  }
  return { gpus, migParents }
}

/** The slices that `nvidia-smi -L` lists under cards in MIG mode. Pure. */
export function parseMigSlices(listing: string, parents: ReadonlyMap<string, Device>): Device[] {
  const slices: Device[] = []
  let parent: Device | undefined
  for (const line of listing.split("\n")) {
    const card = /\(UUID: (GPU-[0-9a-f-]+)\)/.exec(line)
    if (card) parent = parents.get(card[1]!)
    const slice = /MIG (\S+)\s+Device\s+\d+: \(UUID: (MIG-[0-9a-f-]+)\)/.exec(line)
    if (!slice || parent === undefined) continue
    const gibibytes = Number(/\.(\d+)gb/.exec(slice[1]!)?.[1] ?? 0) // the profile's name holds its memory: 1g.10gb
    slices.push({ ...parent, uuid: slice[2]!, gpuClass: `${parent.gpuClass}:${slice[1]}`, memoryBytes: gibibytes * 2 ** 30 })
  }
  return slices
}

async function detectGpus(): Promise<Pick<Inventory, "gpus" | "gpuDetail">> {
  const smi = async (...args: string[]) => (await run("nvidia-smi", args, { timeout: 20_000 })).stdout
  try {
    const { gpus, migParents } = parseGpus(await smi(`--query-gpu=${QUERY.join(",")}`, "--format=csv,noheader,nounits"))
    const all = migParents.size === 0 ? gpus : [...gpus, ...parseMigSlices(await smi("-L"), migParents)]
    return { gpus: all, gpuDetail: all.length === 0 ? "nvidia-smi lists no usable GPU" : null }
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT"
    const why = missing ? "nvidia-smi is not on this machine (no NVIDIA driver)" : `nvidia-smi failed: ${(error as Error).message.trim()}`
    return { gpus: [], gpuDetail: why }
  }
}

/** Looks at this machine. Never fails for want of a GPU: `gpuDetail` says what is missing. */
export async function detectInventory(): Promise<Inventory> {
  const cpuClass = process.arch === "x64" ? "cpu/x86-64" : `cpu/${process.arch}`
  return { cpuClass, cpus: availableParallelism(), memoryBytes: totalmem(), ...(await detectGpus()) }
}
