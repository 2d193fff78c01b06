import { createWriteStream } from "node:fs"
import { mkdir } from "node:fs/promises"
import { dirname, posix, resolve, sep } from "node:path"
import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import { extract } from "tar-stream"
import { BerthError } from "../errors.ts"

/**
 * Writes the files of a tar that a stranger sent into a folder. Only plain files and folders; links and devices are left out, and a name
 * that leaves the folder is an error.
 * @param asked the path that was asked for: the tar then holds nothing but that file or folder. Else whoever is asked for `/out/a.png` could
 * send a `.bashrc`.
 * @returns the paths written
 */
export async function extractTar(tar: AsyncIterable<unknown>, folder: string, asked: string): Promise<string[]> {
  const wanted = posix.basename(asked)
  const root = resolve(folder)
  const written: string[] = []
  const entries = extract()
  const feeding = pipeline(Readable.from(tar), entries)
  const reading = (async () => {
    for await (const entry of entries) {
      const { name, type } = entry.header
      const path = resolve(root, name)
      if (path !== root && !path.startsWith(root + sep))
        throw new BerthError("malformed", `the node sent a file "${name}" that would lie outside ${root}`, {
          hint: "don't trust this node",
        })
      if (!ANY_NAME.has(wanted) && posix.normalize(name).split("/")[0] !== wanted)
        throw new BerthError("malformed", `the node sent a file "${name}" that was not asked for: "${wanted}" was`, {
          hint: "don't trust this node",
        })
      if (type === "directory") await mkdir(path, { recursive: true })
      if (type === "file") {
        await mkdir(dirname(path), { recursive: true })
        await pipeline(entry, createWriteStream(path, { mode: 0o644 }))
        written.push(path)
      } else entry.resume()
    }
  })()
  await Promise.all([feeding, reading])
  return written
}

/** `/` and `/out/.` ask for what is in a folder, by any name. */
const ANY_NAME: ReadonlySet<string> = new Set(["", ".", ".."])
