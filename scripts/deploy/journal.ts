import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Hash } from "viem"
import type { ContractName } from "../../ignition/contracts.ts"

const JOURNAL = "journal.jsonl"
const BEGUN = "DEPLOYMENT_EXECUTION_STATE_INITIALIZE"
const ASKED = "NETWORK_INTERACTION_REQUEST"
const PREPARED = "TRANSACTION_PREPARE_SEND"
const SENT = "TRANSACTION_SEND"

/** One line of Ignition's journal, as far as we read it. */
interface Line {
  readonly type: string
  readonly futureId?: string
  readonly hash?: string
}

/** What Ignition's journal says of a contract's creation. */
export interface Journal {
  begun(name: ContractName): boolean
  /** Whether its transaction's hash is known. Ignition writes that after it sent it. */
  sent(name: ContractName): boolean
  /** Whether Ignition was about to send its transaction, and the journal does not say that it did. */
  unsure(name: ContractName): boolean
  /** The transaction that made it. */
  creation(name: ContractName): Hash | undefined
}

export function readJournal(dir: string): Journal {
  const lines = textsOf(dir).flatMap((text) => lineOf(text) ?? [])
  const of = (name: ContractName, type: string) => lines.find((each) => each.type === type && each.futureId?.endsWith(`#${name}`))
  return {
    begun: (name) => of(name, BEGUN) !== undefined,
    sent: (name) => of(name, SENT) !== undefined,
    unsure: (name) => of(name, PREPARED) !== undefined && of(name, SENT) === undefined,
    creation: (name) => of(name, "TRANSACTION_CONFIRM")?.hash as Hash | undefined,
  }
}

/**
 * Takes out of a journal what a kill can leave there and Ignition stumbles over, or asks a person about: a last line cut short; contracts
 * that were begun and not yet asked for (it writes two lines, and sends nothing before the second); and, of the contracts in `unsent`, that
 * they were about to be sent.
 */
export function repairJournal(dir: string, unsent: readonly ContractName[]): void {
  const texts = textsOf(dir)
  const whole = texts.filter((text) => lineOf(text) !== undefined)
  const asked = new Set(whole.map((text) => lineOf(text)!).flatMap(({ type, futureId }) => (type === ASKED ? futureId! : [])))
  const kept = whole.filter((text) => {
    const { type, futureId } = lineOf(text)!
    if (type === PREPARED) return !unsent.some((name) => futureId!.endsWith(`#${name}`))
    return type !== BEGUN || asked.has(futureId!)
  })
  if (kept.length === texts.length) return
  const file = join(dir, JOURNAL)
  writeFileSync(`${file}.new`, kept.map((text) => `\n${text}`).join(""))
  renameSync(`${file}.new`, file)
}

function textsOf(dir: string): string[] {
  const file = join(dir, JOURNAL)
  return existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((text) => text !== "")
    : []
}

function lineOf(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined
  }
}
