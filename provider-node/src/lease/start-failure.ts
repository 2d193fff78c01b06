import type { RunnerError, RunnerErrorCode } from "../runner/errors.ts"

/** In the place of the engine's words, which quote whatever it met where a stranger's image name led it. */
const OF_IMAGES: Partial<Record<RunnerErrorCode, string>> = {
  IMAGE_BAD_REFERENCE: "This is no image name. Use repo/name:tag or repo/name@sha256:<64 hex>.",
  IMAGE_NOT_FOUND: "The image was not found or is not public. Check its name, tag or digest; what needs credentials can't be pulled.",
  IMAGE_DIGEST_MISMATCH: "What the registry gave does not have the digest that was asked for.",
  IMAGE_WRONG_PLATFORM: "The image is not made for this node's platform.",
  IMAGE_PULL_FAILED: "The image's registry could not be reached, or failed. Try again, or another registry.",
}

/** What a tenant is told of a lease that could not start. The engine's own words about an image are the operator's alone. Pure. */
export function toldOf(error: RunnerError): string {
  return OF_IMAGES[error.code] ?? error.message.slice(0, 500)
}
