import type { Logger } from "pino"
import { wallMs } from "../clock.ts"
import type { LeaseTable } from "../lease/table.ts"
import { EngineUnavailable } from "../runner/errors.ts"
import type { EngineImage, Runner } from "../runner/runner.ts"
import type { ImageStore } from "../store/image-store.ts"
import { imageToRemove, type PulledImage } from "./judge.ts"

export interface ImageKeeperModules {
  readonly runner: Pick<Runner, "removeImage">
  readonly leases: LeaseTable
  readonly images: ImageStore
  readonly log: Logger
}

/** A use is written down again after this long: the journal's disk is spared a write a look. */
const NOTED_MS = 3_600_000

/** Knows the images that this node pulled, and removes those that nobody uses. Any other image of the engine is not its business. */
export class ImageKeeper {
  readonly #unusedMs: number
  readonly #modules: ImageKeeperModules
  readonly #known: Map<string, PulledImage>
  #busy: Promise<void> | undefined

  constructor(options: { readonly unusedImageDays: number }, modules: ImageKeeperModules) {
    this.#unusedMs = options.unusedImageDays * 86_400_000
    this.#modules = modules
    this.#known = new Map(modules.images.all().map((image) => [image.id, image]))
  }

  get count(): number {
    return this.#known.size
  }

  /**
   * A lease is about to use this image. One that bears another name than a pull by this reference gives it is somebody else's too. One of ours that
   * another lease pulls by another name stays ours, by that name too: else two names would keep an image for ever.
   */
  note(image: EngineImage, reference: string): void {
    const known = this.#known.get(image.id)
    const ours = image.pulled && image.tags.length <= (reference.includes("@") ? 0 : 1)
    const given = image.pulled && image.name ? [image.name] : []
    const tags = new Set([...(known?.tags ?? (ours ? image.tags : [])), ...given])
    if (ours || known) this.#save({ id: image.id, tags: [...tags], usedAt: wallMs() }) // what others have named it since is not ours
  }

  /** Removes the next image whose time is over, or, when the disk is low, the one that was unused for longest. One at a time, in the background. */
  collect(low: boolean): void {
    this.#busy ??= this.#collect(low)
      .catch((error) => {
        if (!(error instanceof EngineUnavailable)) this.#modules.log.error({ err: error }, "removing an image failed")
      })
      .finally(() => {
        this.#busy = undefined
      })
  }

  async stop(): Promise<void> {
    await this.#busy
  }

  async #collect(low: boolean): Promise<void> {
    const { runner, leases, images, log } = this.#modules
    // A lease that is starting may just have been told that its image is there. When the disk is low there are no new ones.
    if (!low && leases.live().some((l) => !l.row.imageId)) return
    const inUse = this.#inUse()
    const now = wallMs()
    for (const image of this.#known.values())
      if (inUse.has(image.id) && now - image.usedAt >= NOTED_MS) this.#save({ ...image, usedAt: now })
    const image = imageToRemove([...this.#known.values()], { inUse, now, unusedMs: this.#unusedMs, low })
    if (!image) return
    if (await runner.removeImage(image)) {
      this.#known.delete(image.id)
      images.forget(image.id)
      log.info({ image: image.id, tags: image.tags, low }, "removed an image that no lease uses")
    } else this.#save({ ...image, usedAt: wallMs() }) // somebody else uses it: its time begins anew
  }

  /** Images of leases whose containers are or will be there. */
  #inUse(): Set<string> {
    return new Set(this.#modules.leases.all().flatMap((l) => (l.row.removed ? [] : [l.row.imageId, l.prepared ?? ""])))
  }

  #save({ id, tags, usedAt }: PulledImage): void {
    const image = { id, tags, usedAt }
    this.#modules.images.save(image)
    this.#known.set(id, image)
  }
}
