import { EngineUnavailable, ImageError, NoSuchLease, RunnerError, StartFailed } from "../errors.ts"

/** What dockerode throws: an HTTP answer from 400 up, or a system error of the socket. */
interface EngineFault {
  readonly statusCode?: number
  readonly code?: string
  readonly name?: string
  readonly message?: string
  readonly json?: { readonly message?: string } | null
}

const UNREACHABLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EACCES",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ECONNABORTED",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ABORT_ERR",
])
/** What fails a call that took longer than it may. */
const LATE = new Set(["AbortError", "TimeoutError"])

export const statusOf = (error: unknown): number | undefined => (error as EngineFault | null)?.statusCode

/** The engine's own sentence, without dockerode's "(HTTP code 500) server error - " before it. */
export function sayingOf(error: unknown): string {
  const fault = error as EngineFault
  return fault?.json?.message ?? fault?.message ?? String(error)
}

/**
 * Whether this is silence: no answer, a broken one, or a 503. Silence proves nothing about any container. Codes and names that this process
 * gave decide, never words: the engine quotes strangers, such as the registry of a tenant's image.
 */
export function isSilence(error: unknown): boolean {
  const fault = error as EngineFault
  if (fault?.statusCode !== undefined) return fault.statusCode === 503
  return UNREACHABLE.has(fault?.code ?? "") || LATE.has(fault?.name ?? "")
}

/** Any error of the engine becomes ours here, and only here. `doing` completes "while ..." and names its object. */
export function toRunnerError(error: unknown, doing: string): RunnerError {
  if (error instanceof RunnerError) return error
  if (isSilence(error))
    return new EngineUnavailable(
      `The container engine did not answer while ${doing} (${sayingOf(error)}). Nothing is known about leases until it does.`,
      error,
    )
  const saying = sayingOf(error)
  if (statusOf(error) === 404) return new NoSuchLease(`The engine has no container for it, while ${doing}: ${saying}`, error)
  if (statusOf(error) === 409)
    return new RunnerError("LEASE_CONFLICT", `The container's state does not allow it, while ${doing}: ${saying}`, error)
  return new RunnerError("ENGINE_REFUSED", `The engine refused while ${doing}: ${saying}`, error)
}

/** A start that failed for the image's or the spec's reasons, told from an engine that is gone. */
export function toStartError(error: unknown, doing: string): RunnerError {
  const status = statusOf(error)
  if (status === 400 || (status === 500 && /OCI runtime|executable|device driver|permission denied|no such file/i.test(sayingOf(error))))
    return new StartFailed(`The container could not start its program, while ${doing}: ${sayingOf(error)}`, error)
  return toRunnerError(error, doing)
}

/**
 * An error while getting an image. Whatever the engine answers is one of the image, a 503 too, for it passes on what a registry says; inside
 * the pull's stream it is only a sentence, so sentences decide which.
 */
export function toImageError(error: unknown, reference: string): RunnerError {
  if (error instanceof RunnerError) return error
  if (statusOf(error) === undefined && isSilence(error)) return toRunnerError(error, `pulling ${reference}`)
  return imageErrorOf(sayingOf(error), reference, error)
}

/** The same of words alone. Never silence: somebody said them. */
export function imageErrorOf(saying: string, reference: string, error?: unknown): ImageError {
  if (/invalid reference|could not parse reference|invalid repository name|invalid tag/i.test(saying))
    return new ImageError(
      "IMAGE_BAD_REFERENCE",
      `${reference} is no image name: ${saying}. Use repo/name:tag or repo/name@sha256:<64 hex>.`,
      error,
    )
  if (/verification failed|digest (mismatch|invalid|did not match)|unexpected (commit )?digest/i.test(saying))
    return new ImageError("IMAGE_DIGEST_MISMATCH", `The registry's bytes for ${reference} do not have that digest: ${saying}`, error)
  if (/no matching manifest|no match for platform|does not match the specified platform/i.test(saying))
    return new ImageError("IMAGE_WRONG_PLATFORM", `${reference} is not made for this machine: ${saying}`, error)
  if (
    statusOf(error) === 404 ||
    /manifest (for .* )?(unknown|not found)|not found|does not exist|access denied|unauthorized|denied/i.test(saying)
  )
    return new ImageError(
      "IMAGE_NOT_FOUND",
      `No registry gave ${reference}: ${saying}. Check its name, tag or digest; what needs credentials can not be pulled here.`,
      error,
    )
  return new ImageError("IMAGE_PULL_FAILED", `${reference} could not be pulled: ${saying}`, error)
}

/** Waits for an answer only so long: an engine that hangs is one that does not answer. */
export async function within<T>(limitMs: number, doing: string, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new EngineUnavailable(`The container engine did not answer within ${limitMs / 1000} s while ${doing}.`)),
      limitMs,
    )
  })
  try {
    return await Promise.race([answer, late])
  } catch (error) {
    throw toRunnerError(error, doing)
  } finally {
    clearTimeout(timer)
  }
}
