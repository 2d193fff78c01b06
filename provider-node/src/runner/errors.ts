/** Why a runner could not do what it was asked. A table, because the node maps each to a lease's end reason. */
export type RunnerErrorCode =
  | "ENGINE_UNAVAILABLE"
  | "ENGINE_REFUSED"
  | "IMAGE_BAD_REFERENCE"
  | "IMAGE_NOT_FOUND"
  | "IMAGE_DIGEST_MISMATCH"
  | "IMAGE_WRONG_PLATFORM"
  | "IMAGE_TOO_LARGE"
  | "IMAGE_PULL_TIMEOUT"
  | "IMAGE_PULL_FAILED"
  | "DISK_LOW"
  | "DISK_UNREADABLE"
  | "TOO_MANY_OPEN_FILES"
  | "NO_SUCH_LEASE"
  | "LEASE_CONFLICT"
  | "START_FAILED"
  | "PATH_NOT_FOUND"

/** Base of all errors of the runner. `message` says what happened, to what, and what to do; `cause` is the engine's own. */
export class RunnerError extends Error {
  override name = "RunnerError"
  readonly code: RunnerErrorCode

  constructor(code: RunnerErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** The engine did not answer. It proves nothing about any container: keep state, stop billing unseen time, ask again. */
export class EngineUnavailable extends RunnerError {
  override name = "EngineUnavailable"
  constructor(message: string, cause?: unknown) {
    super("ENGINE_UNAVAILABLE", message, cause)
  }
}

/** The engine answered that there is no container for this lease under this node's instance label. */
export class NoSuchLease extends RunnerError {
  override name = "NoSuchLease"
  constructor(message: string, cause?: unknown) {
    super("NO_SUCH_LEASE", message, cause)
  }
}

/** The image cannot be had as asked; `code` says which way (bad name, not found, other digest, too large, late, failed). */
export class ImageError extends RunnerError {
  override name = "ImageError"
}

/** The container was created but the engine could not start its process (no such program, no such device). */
export class StartFailed extends RunnerError {
  override name = "StartFailed"
  constructor(message: string, cause?: unknown) {
    super("START_FAILED", message, cause)
  }
}
