import { randomBytes } from "node:crypto"
import { createWriteStream } from "node:fs"
import { mkdir, rename, rm } from "node:fs/promises"
import { dirname, join, posix, resolve, sep } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { type Extract, extract } from "tar-stream"
import { BerthError } from "../errors.ts"
import { Allowance, type ExtractLimits } from "./allowance.ts"

export type { ExtractLimits }

type Entry = Extract extends AsyncIterable<infer Item> ? Item : never

/**
 * Writes the files of a tar that a stranger sent into a folder. Only plain files and folders; links and devices are left out, and a name
 * that leaves the folder is an error. A file has its name once it is complete: what was there before stays until then, and no part is left.
 * @param asked the path that was asked for: the tar then holds nothing but that file or folder. Else whoever is asked for `/out/a.png` could
 * send a `.bashrc`.
 * @param limits how much of the disk it may take
 * @returns the paths written
 * @throws BerthError `malformed`, `too_large`, `no_space`; files that were complete before stay, and are counted in the hint
 */
export async function extractTar(
  tar: AsyncIterable<unknown>,
  folder: string,
  asked: string,
  limits: ExtractLimits = {},
): Promise<string[]> {
  const root = resolve(folder)
  await mkdir(root, { recursive: true })
  const allowance = new Allowance(root, limits)
  const entries = extract()
  const written: string[] = []
  const feeding = pipeline(Readable.from(counted(tar, allowance)), entries)
  const reading = write(entries, { root, wanted: posix.basename(asked), allowance, written })
  const [fed, read] = await Promise.allSettled([feeding, reading])
  const errors = [read, fed].flatMap((end) => (end.status === "rejected" ? [end.reason] : []))
  if (errors.length === 0) return written
  throw told(errors.find((error) => error instanceof BerthError) ?? errors.at(-1), root, written.length)
}

async function* counted(tar: AsyncIterable<unknown>, allowance: Allowance): AsyncGenerator<Uint8Array> {
  for await (const part of tar as AsyncIterable<Uint8Array>) {
    allowance.received(part.length)
    yield part
  }
}

interface Target {
  readonly root: string
  readonly wanted: string
  readonly allowance: Allowance
  readonly written: string[]
}

async function write(entries: AsyncIterable<Entry>, { root, wanted, allowance, written }: Target): Promise<void> {
  for await (const entry of entries) {
    const { name, type, size } = entry.header
    const path = resolve(root, name)
    if (path !== root && !path.startsWith(root + sep)) throw distrust(`the node sent a file "${name}" that would lie outside ${root}`)
    if (!ANY_NAME.has(wanted) && posix.normalize(name).split("/")[0] !== wanted)
      throw distrust(`the node sent a file "${name}" that was not asked for: "${wanted}" was`)
    if (type === "directory") await makeFolder(path, root, allowance)
    if (type === "file") {
      await makeFolder(dirname(path), root, allowance)
      await allowance.take(name, size)
      await writeFile(entry, path, allowance)
      written.push(path)
    } else entry.resume()
  }
}

/** One by one, for a stranger's name may have two thousand of them. */
async function makeFolder(path: string, root: string, allowance: Allowance): Promise<void> {
  if (path === root) return
  let at = root
  for (const part of path.slice(root.length + 1).split(sep)) {
    at = join(at, part)
    const made = await mkdir(at).then(
      () => true,
      (error: NodeJS.ErrnoException) => (error.code === "EEXIST" ? false : Promise.reject(error)),
    )
    if (made) await allowance.take(part, 0)
  }
}

async function writeFile(entry: Entry, path: string, allowance: Allowance): Promise<void> {
  const part = join(dirname(path), `.berth-${randomBytes(6).toString("hex")}.part`)
  try {
    await pipeline(entry, (data) => checked(data, allowance), createWriteStream(part, { mode: 0o644, flags: "wx" }))
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

async function* checked(data: AsyncIterable<unknown>, allowance: Allowance): AsyncGenerator<Uint8Array> {
  for await (const piece of data as AsyncIterable<Uint8Array>) {
    await allowance.writes(piece.length)
    yield piece
  }
}

function distrust(message: string): BerthError {
  return new BerthError("malformed", message, { hint: "don't trust this node" })
}

/** Names what stays. */
function told(error: unknown, root: string, complete: number): unknown {
  if (!(error instanceof Error)) return error
  const code = (error as NodeJS.ErrnoException).code
  const ours = error instanceof BerthError ? error : undefined
  if (!ours && code === undefined) return new BerthError("malformed", `the node sent no whole tar: ${error.message}`, { cause: error })
  if (!ours && code !== "ENOSPC") return error
  const stays =
    complete === 0
      ? `nothing was written to ${root}`
      : `${complete === 1 ? "1 complete file stays" : `${complete} complete files stay`} in ${root}`
  const hint = [ours?.hint, stays].filter(Boolean).join("; ")
  return new BerthError(ours?.code ?? "no_space", ours?.message ?? `the disk of ${root} is full`, { hint, cause: error })
}

/** `/` and `/out/.` ask for what is in a folder, by any name. */
const ANY_NAME: ReadonlySet<string> = new Set(["", ".", ".."])
