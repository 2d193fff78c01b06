import type { RunnerError, RunnerErrorCode } from "../runner/errors.ts"

/** In the place of the engine's words, which quote whatever it met where a stranger's image name led it. */
const OF_IMAGES: Partial<Record<RunnerErrorCode, string>> = {
  IMAGE_BAD_REFERENCE: "this is no image name. Use repo/name:tag or repo/name@sha256:<64 hex>.",
  IMAGE_NOT_FOUND: "the image was not found or is not public. Check its name, tag or digest; what needs credentials can't be pulled.",
  IMAGE_DIGEST_MISMATCH: "what the registry gave does not have the digest that was asked for.",
  IMAGE_WRONG_PLATFORM: "the image is not made for this node's platform.",
  IMAGE_PULL_FAILED: "the image's registry could not be reached, or failed. Try again, or another registry.",
}

/** What a tenant is told of a lease of `image` that could not start. The engine's own words about an image are the operator's alone. Pure. */
export function toldOf(error: RunnerError, image: string): string {
  const told = OF_IMAGES[error.code]
  return told ? `${image}: ${told}` : error.message.slice(0, 500)
}
