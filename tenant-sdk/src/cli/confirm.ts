import { BerthError } from "../errors.ts"
import type { Context } from "./context.ts"

/** Goes on only after a yes: on the terminal, or by the flag. Throws BerthError `cancelled`, or `usage` where nobody can be asked. */
export async function confirm({ out }: Context, question: string, yes: boolean | undefined): Promise<void> {
  if (yes) return
  const answer = out.json ? undefined : await out.ask(`${question} [y/N] `)
  if (answer === undefined) throw new BerthError("usage", `${question} There is nobody to ask`, { hint: "add --yes" })
  if (!/^y(es)?$/i.test(answer.trim())) throw new BerthError("cancelled", "nothing was done")
}
