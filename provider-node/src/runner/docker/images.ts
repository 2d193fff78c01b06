import type { Readable } from "node:stream"
import type Docker from "dockerode"
import { ImageError } from "../errors.ts"
import type { Registries } from "../registry.ts"
import type { EngineImage, ImageSpec, PullProgress } from "../runner.ts"
import { statusOf, toImageError, toRunnerError } from "./engine-errors.ts"
import { PullTracker } from "./pull-tracker.ts"

const DIGEST = /@(sha256:[0-9a-f]{64})$/
const ID = /^sha256:[0-9a-f]{64}$/
// distribution's grammar, lower-case path, optional host, tag and digest
const REFERENCE =
  /^(?:[a-zA-Z0-9.-]+(?::\d+)?\/)?[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:\/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/

export interface EnsureImageOptions {
  readonly docker: Docker
  readonly spec: ImageSpec
  /**
   * Names (prefixes) that may be answered from the engine's own images without a registry. Any other tag is asked of its registry, so that
   * tenants neither run the operator's private images by guessing names nor get a stale one. Digests and ids can't be guessed.
   */
  readonly localImages: readonly string[]
  readonly registries: Registries
  readonly onProgress?: ((progress: PullProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The image, if the engine has it and a registry need not be asked; see `EnsureImageOptions.localImages`. */
export async function findImage(docker: Docker, reference: string, localImages: readonly string[]): Promise<EngineImage | null> {
  expectReference(reference)
  return mayBeLocal(reference, localImages) ? find(docker, reference, digestOf(reference)) : null
}

/** Makes an image present in the engine and proves that it is the one named. */
export async function ensureImage(options: EnsureImageOptions): Promise<EngineImage> {
  const { docker, spec, localImages } = options
  const { reference } = spec
  expectReference(reference)
  const digest = digestOf(reference)
  const local = await find(docker, reference, digest)
  if (local !== null && mayBeLocal(reference, localImages)) return local
  if (ID.test(reference))
    throw new ImageError(
      "IMAGE_NOT_FOUND",
      `The engine has no image ${reference}. An id names what is there already; give a name with a digest to pull one.`,
    )

  await options.registries.expectPublic(reference)
  await pull(options)
  const image = await find(docker, reference, digest)
  if (image === null)
    throw new ImageError("IMAGE_DIGEST_MISMATCH", `The engine pulled ${reference}, but what came does not have that name or digest.`)
  if (image.sizeBytes > spec.limitBytes) {
    if (local?.id !== image.id) await docker.getImage(reference).remove().catch(ignoreInUse)
    throw tooLarge(reference, image.sizeBytes, spec.limitBytes)
  }
  return { ...image, pulled: local?.id !== image.id }
}

/**
 * Removes an image, by its id and without force: the engine then refuses one that a container uses, running or ended. It refuses one of several names too,
 * so that all but one are taken off before, if all are ours. One with a name that is not ours is somebody's.
 * @returns whether it is gone
 */
export async function removeImage(docker: Docker, { id, tags }: Pick<EngineImage, "id" | "tags">): Promise<boolean> {
  try {
    const { RepoTags, RepoDigests } = await docker.getImage(id).inspect()
    if (RepoTags?.some((tag) => !tags.includes(tag))) return false
    if (!(await takeNames(docker, id, tags, [...(RepoTags ?? []), ...(RepoDigests ?? [])]))) return false
    await docker.getImage(id).remove().catch(ignoreMissing)
    return true
  } catch (error) {
    if (statusOf(error) === 404) return true
    if (statusOf(error) === 409) return false
    throw toRunnerError(error, `removing image ${id}`)
  }
}

/** Takes names off until one is left, or those of one tag. @returns false when one of them is not ours, or a container would lose its image's name */
async function takeNames(docker: Docker, id: string, ours: readonly string[], names: readonly string[]): Promise<boolean> {
  const repositories = [...new Set(names.map(repositoryOf))]
  if (repositories.length <= 1 && names.filter((name) => !DIGEST.test(name)).length <= 1) return true
  if (repositories.some((repository) => !ours.some((name) => repositoryOf(name) === repository))) return false
  const users = await docker.listContainers({ all: true, filters: { ancestor: [id] } })
  if (users.length > 0) return false
  for (const name of names.slice(1)) await docker.getImage(name).remove().catch(ignoreMissing)
  return true
}

/** `repo` of `repo:tag` and of `repo@digest`. */
const repositoryOf = (name: string): string => name.replace(DIGEST, "").replace(/:[^/:]+$/, "")

/** As the engine shows a reference: without Docker Hub's host and folder, by `latest` if by nothing, and by its digest alone if there is one. Pure. */
export function shownName(reference: string): string | null {
  if (ID.test(reference)) return null
  const digest = digestOf(reference)
  const named = digest === null && !/:[^/]+$/.test(reference) ? `${reference}:latest` : reference
  const shown = named.replace(/^(index\.)?docker\.io\//, "").replace(/^library\//, "")
  return digest === null ? shown : `${repositoryOf(shown)}@${digest}`
}

function ignoreMissing(error: unknown): void {
  if (statusOf(error) !== 404) throw error
}

function expectReference(reference: string): void {
  if (ID.test(reference) || REFERENCE.test(reference)) return
  throw new ImageError(
    "IMAGE_BAD_REFERENCE",
    `${JSON.stringify(reference)} is no image name. Use repo/name:tag, repo/name@sha256:<64 hex>, or an id sha256:<64 hex>.`,
  )
}

const digestOf = (reference: string): string | null => DIGEST.exec(reference)?.[1] ?? null

const mayBeLocal = (reference: string, localImages: readonly string[]): boolean =>
  ID.test(reference) || DIGEST.test(reference) || localImages.some((prefix) => reference.startsWith(prefix))

async function find(docker: Docker, reference: string, digest: string | null): Promise<EngineImage | null> {
  try {
    const facts = await docker.getImage(reference).inspect()
    const digests = (facts.RepoDigests ?? []).map((name) => name.slice(name.indexOf("@") + 1))
    if (digest !== null && !digests.includes(digest)) return null
    const tags = facts.RepoTags ?? []
    const name = [...tags, ...(facts.RepoDigests ?? [])].find((shown) => shown === shownName(reference)) ?? null
    return { id: facts.Id, digest: digest ?? digests[0] ?? null, sizeBytes: facts.Size, tags, name, pulled: false }
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw statusOf(error) === 400 ? toImageError(error, reference) : toRunnerError(error, `looking for image ${reference}`)
  }
}

async function pull({ docker, spec, onProgress, signal }: EnsureImageOptions): Promise<void> {
  const { reference, limitBytes, deadlineMs } = spec
  const deadline = AbortSignal.timeout(deadlineMs)
  const either = signal ? AbortSignal.any([signal, deadline]) : deadline
  let stream: Readable | undefined
  const cut = () => stream?.destroy(new Error("aborted"))
  either.addEventListener("abort", cut, { once: true })
  try {
    either.throwIfAborted()
    // Without a tag the engine would fetch every tag there is.
    const named = DIGEST.test(reference) || /:[^/]+$/.test(reference) ? reference : `${reference}:latest`
    const answer = docker.pull(named, { abortSignal: either })
    stream = (await answer) as Readable
    const tracker = new PullTracker(reference)
    for await (const progress of tracker.read(stream)) {
      // Ending the request makes the engine drop the pull.
      if (progress.totalBytes > limitBytes) throw tooLarge(reference, progress.totalBytes, limitBytes)
      onProgress?.(progress)
    }
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (deadline.aborted)
      throw new ImageError(
        "IMAGE_PULL_TIMEOUT",
        `${reference} was not there after ${deadlineMs / 1000} s. Try again (layers that came are kept), or use a smaller image.`,
        error,
      )
    throw toImageError(error, reference)
  } finally {
    either.removeEventListener("abort", cut)
    stream?.destroy()
  }
}

function tooLarge(reference: string, bytes: number, limit: number): ImageError {
  const mib = (count: number) => `${Math.ceil(count / 2 ** 20)} MiB`
  return new ImageError(
    "IMAGE_TOO_LARGE",
    `${reference} takes at least ${mib(bytes)}, above the limit of ${mib(limit)} for this lease. Use a smaller image or another offer.`,
  )
}

function ignoreInUse(error: unknown): void {
  // 409: another lease uses its layers, so they are not in excess; 404: somebody else removed it
  if (statusOf(error) !== 409 && statusOf(error) !== 404) throw toRunnerError(error, "removing an image that is too large")
}
