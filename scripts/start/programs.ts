import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"

/** Bundles `berth` and `berth-node` (`npm run build`): the sources start four times as slowly. */
export async function buildPrograms(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(import.meta.dirname, "../build.ts")])
}
