import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Hash } from "viem"
import type { ContractName } from "../../ignition/contracts.ts"

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
  /** The transaction that made it. */
  creation(name: ContractName): Hash | undefined
}

export function readJournal(dir: string): Journal {
  const file = join(dir, "journal.jsonl")
  const texts = existsSync(file) ? readFileSync(file, "utf8").split("\n") : []
  // A kill can cut the last line short; Ignition ignores it too.
  const lines = texts.flatMap((text) => lineOf(text) ?? [])
  const of = (name: ContractName, type: string) => lines.find((each) => each.type === type && each.futureId?.endsWith(`#${name}`))
  return {
    begun: (name) => of(name, "DEPLOYMENT_EXECUTION_STATE_INITIALIZE") !== undefined,
    sent: (name) => of(name, "TRANSACTION_SEND") !== undefined,
    creation: (name) => of(name, "TRANSACTION_CONFIRM")?.hash as Hash | undefined,
  }
}

function lineOf(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined
  }
}
