import { Readable } from "node:stream"
import { pack } from "tar-stream"

/** A tar that holds one empty folder: unpacked over a folder that exists, it sets that one's mode. */
export function folderTar(name: string, mode: number): Readable {
  const tar = pack()
  tar.entry({ name, type: "directory", mode, uid: 0, gid: 0 })
  tar.finalize()
  return Readable.from(tar)
}
