import type { Command } from "commander"
import type { Add, Does } from "./reservation-commands.ts"

/** Who verifies, and what they say: to be signed by members, and posted by anybody. */
export function verifierCommands(program: Command, add: Add, does: Does): void {
  const sets = () => import("./verifiers.ts")
  const verifiers = add(program, "verifiers [set]", "who may attest, and how many must: the latest set, or another").action(
    does(async () => (await sets()).verifiers),
  )
  add(verifiers, "add <threshold> [member...]", "the market's owner: another set, from now on; 0 and nobody: none")
    .option("--call", "do not send it: show the call, for a multisig")
    .action(does(async () => (await sets()).addVerifiers))

  const load = () => import("./attest.ts")
  const attest = add(program, "attest", "sign as a verifier; put signatures together and post them")
  add(attest, "days <reservation> <first-day> [count]", "verifiers: sign that days were served")
    .option("--save <file>", "write the signature there")
    .action(does(async () => (await load()).signDays))
  add(attest, "root <day> <root>", "verifiers: sign a day's root")
    .option("--save <file>", "write the signature there")
    .action(does(async () => (await load()).signRoot))
  add(attest, "post <file...>", "anybody: put signatures together and post what they say")
    .option("--check", "send nothing: say who has signed, and whether it is enough")
    .action(does(async () => (await load()).post))
  add(attest, "show <day>", "the root of a day").action(does(async () => (await load()).show))
  add(attest, "proof <file>", "whether a leaf is under a day's root: {day, leaf, index, proof}").action(
    does(async () => (await load()).proof),
  )
}
