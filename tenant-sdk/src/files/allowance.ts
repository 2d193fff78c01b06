import { statfs } from "node:fs/promises"
import { BerthError } from "../errors.ts"

/** How much a copy may take. */
export interface ExtractLimits {
  /** Bytes on the disk, every file and folder in whole blocks; also bytes that a stranger may send. 10 GiB by default. */
  readonly maxBytes?: number | undefined
  /** Bytes of the target's file system that stay free; by default 1 GiB, and of a small one a twentieth. */
  readonly keepFree?: number | undefined
}

const DEFAULT_MAX_BYTES = 10 * 2 ** 30
/** Of a file's data, and for its entry in a folder and its inode. */
const BLOCK = 4_096
/** The disk is looked at again after so much was written: others write there too. */
const LOOK_EVERY = 64 * 2 ** 20
/** What comes in may be so far ahead of what is looked at. */
const AHEAD = 16 * 2 ** 20
/** Files and folders, and characters of all their names together: they are held until the end. */
const MAX_ENTRIES = 1_000_000
const MAX_NAMES = 64 * 2 ** 20

/** What a stranger may still send and fill. Whoever goes above is told by which limit. */
export class Allowance {
  readonly #root: string
  readonly #limits: ExtractLimits
  readonly #max: number
  #received = 0
  #taken = 0
  #entries = 0
  #names = 0
  /** Bytes that may be written before the disk is looked at. */
  #credit = 0

  /** @param root an existing folder: what is free is asked of its file system */
  constructor(root: string, limits: ExtractLimits) {
    this.#root = root
    this.#limits = limits
    this.#max = limits.maxBytes ?? DEFAULT_MAX_BYTES
  }

  /** Bytes came in, whatever they hold. @throws BerthError `too_large` */
  received(bytes: number): void {
    this.#received += bytes
    // A tar of what fits is no longer than its blocks: an endless one of links, names or zeros ends here.
    if (this.#received > this.#max + AHEAD) throw this.#tooLarge("the node goes on sending")
  }

  /** A file of so many bytes is about to be made, or a folder was. @throws BerthError `too_large`, `no_space` */
  async take(name: string, size: number): Promise<void> {
    this.#taken += BLOCK + Math.ceil(size / BLOCK) * BLOCK
    this.#entries += 1
    this.#names += name.length
    if (this.#taken > this.#max) throw this.#tooLarge(`with "${short(name)}" (${sizeText(size)}) it would take ${sizeText(this.#taken)}`)
    if (this.#entries > MAX_ENTRIES || this.#names > MAX_NAMES)
      throw new BerthError("too_large", `the node sends more than ${MAX_ENTRIES} files and folders, or ${MAX_NAMES} characters of names`, {
        hint: "pack them into one file in the container, and copy that",
      })
    await this.writes(size)
  }

  /** So many bytes are about to be written, or are known to come. @throws BerthError `no_space` */
  async writes(bytes: number): Promise<void> {
    if (bytes > this.#credit) this.#credit = await this.#room(bytes)
    this.#credit -= Math.min(bytes, this.#credit)
  }

  async #room(needed: number): Promise<number> {
    const { bavail, blocks, bsize } = await statfs(this.#root)
    const free = bavail * bsize
    const keep = this.#limits.keepFree ?? Math.min(2 ** 30, (blocks * bsize) / 20)
    if (needed > free - keep)
      throw new BerthError("no_space", `the disk of ${this.#root} has ${sizeText(free)} free, and ${sizeText(keep)} of them stay free`, {
        hint: "make room, or copy to another disk",
      })
    return Math.min(free - keep, LOOK_EVERY)
  }

  #tooLarge(why: string): BerthError {
    return new BerthError("too_large", `what the node sends is above the limit of ${sizeText(this.#max)}: ${why}`, {
      hint: "--max-size raises it, such as --max-size 50g",
    })
  }
}

function short(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name
}

/** `1.5 GiB` */
function sizeText(bytes: number): string {
  const unit = bytes >= 2 ** 30 ? "GiB" : bytes >= 2 ** 20 ? "MiB" : "KiB"
  return `${(bytes / 2 ** (unit === "GiB" ? 30 : unit === "MiB" ? 20 : 10)).toFixed(1)} ${unit}`
}
