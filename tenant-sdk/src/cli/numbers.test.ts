// Every number that any verb of `berth` takes, read off the program itself: what is no such number is refused, and never taken for another.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import type { Command } from "commander"
import { loadConfig } from "../config.ts"
import { asBerthError } from "../errors.ts"
import type { Context } from "./context.ts"
import { programOf } from "./program.ts"
import type { Does } from "./reservation-commands.ts"

const NEVER = ["", " ", "abc", "-1", "-0", "1e3", "0x10", "NaN", "Infinity", "1,5", "1 2", "99999999999999999999999999"]
const WHOLE = { good: ["1", "16"], bad: ["1.5"] }
const POSITIVE = { ...WHOLE, bad: [...WHOLE.bad, "0"] }
const DAY = { good: ["2026-11-21", "20778"], bad: ["2026-02-31", "2026-13-01", "1969-12-31", "tomorrow", "2026-11-21T00:00"] }
const USD = { good: ["0", "12.5", "$1"], bad: ["1.0000001", "18446744073709.551616"] }
/** By what stands in the usage. */
const KINDS: Readonly<Record<string, { readonly good: readonly string[]; readonly bad: readonly string[] }>> = {
  n: POSITIVE,
  lines: { good: ["1", "all"], bad: ["0", "1.5"] },
  size: { good: ["512m", "2g", "64"], bad: ["0", "1.5g", "1t", "9999999999g"] },
  usd: USD,
  "usd|all": { ...USD, good: ["12.5", "all"] },
  date: DAY,
  day: DAY,
  "first-day": DAY,
  bps: WHOLE,
  threshold: WHOLE,
  count: POSITIVE,
  set: POSITIVE,
  hours: { good: ["1.5", "48"], bad: ["0", "100001"] },
}
/** Not numbers, and something that passes for them. */
const OTHERS: Readonly<Record<string, string>> = {
  tab: "3fa9",
  lease: "3fa9",
  "lease:/path": "3fa9:/out",
  image: "alpine",
  reservation: "3fa9",
  id: "3fa9",
  node: `0x${"11".repeat(20)}`,
  member: `0x${"11".repeat(20)}`,
  root: `0x${"22".repeat(32)}`,
}
/** Without these a verb does not get as far as its numbers. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  run: ["--class", "cpu/x86-64"],
  "tabs open": ["--order-cap", "1", "--order-rate", "1", "--order-hours", "1"],
  reserve: ["--days", "3"],
  "reservations cancel": ["--agreed"],
}

interface Case {
  readonly title: string
  readonly kind: string
  argv(value: string): string[]
}

describe("numbers on berth's command line", () => {
  const dir = mkdtempSync(join(tmpdir(), "berth-numbers-"))
  after(() => rmSync(dir, { recursive: true }))

  // Past its numbers a verb wants the agent, and so the passphrase, whose file is not there.
  const config = { ...loadConfig({ profile: "numbers", passphraseFile: join(dir, "none") }), socket: join(dir, "none.sock") }
  const silent = {
    json: false,
    tty: false,
    line() {},
    data() {},
    note() {},
    progress() {},
    bytes: async () => {},
    ask: async () => undefined,
  }
  const context: Context = { config, out: silent, program: "", nextInterrupt: () => new Promise(() => {}), onReaderGone() {} }
  const does: Does =
    (load) =>
    async (...given) => {
      const command = given.pop() as Command
      await (await load())(context, ...([...given.slice(0, -1), command.optsWithGlobals()] as never[]))
    }

  async function outcome(argv: readonly string[]): Promise<string> {
    const program = programOf({ does, agent: async () => async () => {} })
    return program.parseAsync([...argv], { from: "user" }).then(
      () => "done",
      (error) => asBerthError(error).code,
    )
  }

  function casesOf(command: Command, path: readonly string[]): Case[] {
    const name = path.join(" ")
    const names = command.registeredArguments.map((a) => (a.variadic ? a.name().replace("...", "") : a.name()))
    const good = names.map((n) => KINDS[n]?.good[0] ?? OTHERS[n] ?? "x")
    const options = command.options.flatMap((option) => {
      const shown = /<(.+?)(\.\.\.)?>$/.exec(option.flags)?.[1]
      const kind = shown === "n" && /hours$/i.test(option.attributeName()) ? "hours" : shown
      if (!kind || !KINDS[kind]) return []
      return [
        { title: `${name} ${option.long}`, kind, argv: (v: string) => [...path, ...(BESIDE[name] ?? []), option.long!, v, "--", ...good] },
      ]
    })
    const positionals = names.flatMap((kind, i) =>
      KINDS[kind]
        ? [{ title: `${name} <${kind}>`, kind, argv: (v: string) => [...path, ...(BESIDE[name] ?? []), "--", ...good.with(i, v)] }]
        : [],
    )
    return [...options, ...positionals, ...command.commands.flatMap((sub) => casesOf(sub, [...path, sub.name()]))]
  }

  const cases = casesOf(programOf({ does, agent: async () => async () => {} }), [])

  it("are found: those of quote, run, logs, reserve, tabs, stake, attest and the owner", () => {
    expect(cases.length).to.be.at.least(35)
    for (const title of ["run --hours", "run --gpus", "logs --tail", "reserve --days", "tabs open --order-hours", "owner fee <bps>"])
      expect(cases.map((c) => c.title)).to.include(title)
  })

  for (const { title, kind, argv } of cases)
    it(`${title}: takes what is one, and nothing else for it`, async () => {
      for (const value of KINDS[kind]!.good) expect(await outcome(argv(value)), `${argv(value).join(" ")}: is one`).to.equal("not_found")
      for (const value of [...NEVER, ...KINDS[kind]!.bad]) expect(await outcome(argv(value)), JSON.stringify(argv(value))).to.equal("usage")
    })
})
