import { readFileSync } from "node:fs"
import { BerthError } from "../errors.ts"
import type { Context } from "./context.ts"

/** From the file that is named, else asked for. Never from arguments or the environment itself: both are seen by others. */
export async function readPassphrase(
  { config, out }: Pick<Context, "config" | "out">,
  options: { readonly twice?: boolean } = {},
): Promise<string> {
  const { passphraseFile } = config
  if (passphraseFile) {
    try {
      return readFileSync(passphraseFile, "utf8").replace(/\r?\n$/, "")
    } catch (cause) {
      throw new BerthError("not_found", `the passphrase file ${passphraseFile} can't be read`, { cause })
    }
  }
  const first = await out.ask(`Passphrase of profile ${config.profile}: `, { hidden: true })
  if (first === undefined)
    throw new BerthError("usage", "a passphrase is needed, and there is no terminal to ask on", {
      hint: "name a file: --passphrase-file FILE, or BERTH_PASSPHRASE_FILE",
    })
  if (options.twice && (await out.ask("Again: ", { hidden: true })) !== first) throw new BerthError("usage", "the two passphrases differ")
  return first
}
