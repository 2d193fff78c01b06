import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { Readable } from "node:stream"
import { pack } from "tar-stream"
import { runProgram } from "./install.ts"

/** One entry of a root file system. Owner root unless `uid` says otherwise. */
export interface RootEntry {
  readonly path: string
  readonly mode?: number
  readonly uid?: number
  /** A file's bytes; absent for a directory or a link. */
  readonly data?: Uint8Array
  /** Where a symbolic link points. */
  readonly link?: string
}

const USERS = "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000:user:/home/user:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"
const GROUPS = "root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n"

/** A small Unix: static busybox with a link per applet, two users, /tmp. */
export async function busyboxRoot(busybox: string): Promise<RootEntry[]> {
  const applets = (await runProgram(busybox, ["--list-full"])).trim().split("\n")
  const folders = ["bin", "sbin", "usr", "usr/bin", "usr/sbin", "etc", "root", "proc", "sys", "dev", "run", "var", "home"]
  return [
    ...folders.map((path) => ({ path })),
    { path: "tmp", mode: 0o1777 },
    { path: "var/tmp", mode: 0o1777 },
    { path: "home/user", uid: 1000 },
    { path: "etc/passwd", mode: 0o644, data: Buffer.from(USERS) },
    { path: "etc/group", mode: 0o644, data: Buffer.from(GROUPS) },
    { path: "bin/busybox", mode: 0o755, data: readFileSync(busybox) },
    ...applets.filter((path) => path !== "bin/busybox" && !path.startsWith("linuxrc")).map((path) => ({ path, link: "/bin/busybox" })),
  ]
}

/** What Node needs beside busybox: its binary, and the shared libraries that ldd names, at the places where the loader looks. */
export async function nodeRoot(node: string): Promise<RootEntry[]> {
  const libraries = [...(await runProgram("ldd", [node])).matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1]!)
  const folders = new Set<string>(["usr/local", "usr/local/bin"])
  for (const library of libraries) {
    const parts = library.slice(1).split("/").slice(0, -1)
    for (let depth = 1; depth <= parts.length; depth++) folders.add(parts.slice(0, depth).join("/"))
  }
  for (const known of ["bin", "sbin", "usr", "usr/bin"]) folders.delete(known)
  return [
    ...[...folders].map((path) => ({ path })),
    ...libraries.map((path) => ({ path: path.slice(1), mode: 0o755, data: readFileSync(path) })),
    { path: "usr/local/bin/node", mode: 0o755, data: readFileSync(node) },
  ]
}

/** Hash of what a root file system holds: the key by which a second build does nothing. */
export function hashRoot(entries: readonly RootEntry[], ...more: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(more))
  for (const { path, mode, uid, link, data } of entries) {
    hash.update(JSON.stringify([path, mode, uid, link, data?.length]))
    if (data) hash.update(data)
  }
  return hash.digest("hex")
}

/** The entries as a tar stream, times fixed. */
export function tarRoot(entries: readonly RootEntry[]): Readable {
  const tar = pack()
  const mtime = new Date(0)
  for (const { path, mode, uid = 0, link, data } of entries) {
    const head = { name: path, uid, gid: uid, mtime }
    if (link !== undefined) tar.entry({ ...head, type: "symlink", linkname: link, mode: 0o777 })
    else if (data === undefined) tar.entry({ ...head, type: "directory", mode: mode ?? 0o755 })
    else tar.entry({ ...head, mode: mode ?? 0o644 }, Buffer.from(data.buffer, data.byteOffset, data.byteLength))
  }
  tar.finalize()
  return Readable.from(tar)
}
