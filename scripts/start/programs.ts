import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { BuildStamp } from "../build-stamp.ts"

const root = join(import.meta.dirname, "../..")
/** Of what the last `npm run build` of this checkout was made. */
export const STAMP_FILE = join(root, ".berth/built.json")

/**
 * Bundles `berth` and `berth-node` (`npm run build`): the sources start four times as slowly. Bundles of the very files that are there are left
 * alone: bundling keeps both cores busy for seconds.
 */
export async function buildPrograms(): Promise<void> {
  if (new BuildStamp(root, STAMP_FILE).holds) return
  await promisify(execFile)(process.execPath, [join(root, "scripts/build.ts")])
}
