import { agentOf, type BerthClient } from "../client.ts"
import { extractTar } from "../files/extract-tar.ts"

/** What to copy out of a lease's container, and where to. */
export interface GetFilesOptions {
  readonly lease: string
  /** In the container; absolute. */
  readonly path: string
  /** A folder here; made when it is not there. Nothing is written outside it. */
  readonly to: string
  /** How much the files and folders may take of this disk, bytes; 10 GiB by default. */
  readonly maxBytes?: number | undefined
  readonly signal?: AbortSignal
}

/**
 * Copies a file or folder out of a lease's container. Each file has its name once it is complete; those that are stay when a later one fails.
 * @returns the paths written
 * @throws BerthError `not_found`, `no_lease`, `unreachable`, `malformed` (an entry that points outside `to`), `too_large` (above `maxBytes`),
 * `no_space` (less than 1 GiB of the disk would stay free, of a small one less than a twentieth), `no_agent`
 *
 * @example
 * const files = await getFiles(client, { lease, path: "/work/result.png", to: "./out" })
 */
export function getFiles(client: BerthClient, options: GetFilesOptions): Promise<string[]> {
  const { lease, path, to, maxBytes, signal } = options
  return extractTar(agentOf(client).files(lease, path, { ...(signal && { signal }) }), to, path, { maxBytes })
}
