import type { Callable } from "./functions.ts"

/** Who may call, as the sentence begins; and an error that each of them but anyone is held by. */
const CALLERS: Readonly<Record<string, string | undefined>> = {
  Anyone: undefined,
  "The owner of the core": "NotOwner",
  "The owner": "OwnableUnauthorizedAccount",
  "The operator of `node`": "NotOperator",
  "The tab's tenant": "NotTenant",
  "The quote's tenant": "NotQuotedTo",
  "The token's owner": "NotHolder",
  "The Reservations contract": "NotReservations",
}
const GUARDS = Object.values(CALLERS).filter((error) => error !== undefined)
const WHO = Object.keys(CALLERS).join("|")
const READS = /(?:^|\. |@dev )(Anyone); moves nothing; (?:no errors|errors: (.+))\.$/
const CHANGES = new RegExp(`@dev (${WHO})[^@]*?\\. (?:[^@]*\\. )?Moves [^@]+?\\. (?:[^@]*\\. )?Errors: ([^@]+)\\.$`)

/** What NatSpec says of errors: those that it names, and the functions whose errors are said to be its own too. */
interface Said {
  readonly caller: string
  readonly errors: readonly string[]
  readonly as: readonly string[]
}

/**
 * Reads `CALLER. Moves WHAT. Errors: LIST.` of what changes something, `Anyone; moves nothing; no errors.` (or `errors: LIST.`) of what only
 * reads. A list holds `` `Error` ``, `` as `function` ``, words of the token's own, and may explain in brackets. `none` is an empty one.
 */
function said({ text, changes }: Callable): Said | undefined {
  const found = (changes ? CHANGES : READS).exec(text.replace(/ ?@(param|return) [^@]*/g, ""))
  if (!found) return undefined
  const list = (found[2] ?? "").replace(/\([^)]*\)/g, "")
  const as = [...list.matchAll(/\bas `(\w+)`/g)].map(([, name]) => name!)
  return { caller: found[1]!, as, errors: [...list.replace(/\bas `\w+`/g, "").matchAll(/`(\w+)`/g)].map(([, name]) => name!) }
}

/** What is wrong with the text of `one`; nothing when all is well. `cannot` says which errors its code names and it can't give. */
export function faultsOf(one: Callable, all: readonly Callable[], cannot: (name: string, error: string) => boolean): string[] {
  const says = said(one)
  const form = one.changes ? "`@dev CALLER. Moves WHAT. Errors: LIST.`" : "`Anyone; moves nothing; no errors.` (or `errors: LIST.`)"
  if (!says) return [`${one.name}: no ${form} at the end of: ${one.text || "nothing at all"}`]
  const borrowed = says.as.flatMap((name) => {
    const other = all.find((candidate) => candidate.name === `${one.name.split(".")[0]}.${name}`)
    return other ? (said(other)?.errors ?? []) : [`as ${name}, which there is not`]
  })
  const named = [...says.errors, ...borrowed]
  const guard = CALLERS[says.caller]
  const held = named.filter((error) => GUARDS.includes(error))
  return [
    ...[...one.errors]
      .filter((error) => !named.includes(error) && !cannot(one.name, error))
      .map((error) => `${one.name}: ${error} is not named`),
    ...named.filter((error) => !one.errors.has(error)).map((error) => `${one.name}: ${error} is named, and no code of it gives that`),
    ...named.filter((error) => cannot(one.name, error)).map((error) => `${one.name}: ${error} is named, and said to be impossible`),
    ...(guard && !held.includes(guard) ? [`${one.name}: says "${says.caller}", and ${guard} is not among its errors`] : []),
    ...(guard ? [] : held.map((error) => `${one.name}: says "${says.caller}", and yet ${error} keeps some out`)),
  ]
}
