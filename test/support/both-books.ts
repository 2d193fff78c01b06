// What node and agent have on their disks, read from outside, and everything that must never be seen there.
import { DatabaseSync } from "node:sqlite"
import { type Address, bytesToHex, decodeBooks, type Market, receiptDigest, recoverAddress, tabId } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { booksAfter, openProposal, WireProposal } from "@berth/protocol/wire"

/** One receipt that both have signed, as one side holds it. */
export interface Held {
  readonly seq: number
  readonly day: number
  readonly block: bigint
  readonly gpuMs: bigint
  readonly used: bigint
  readonly amount: bigint
  readonly digest: string
  readonly genuine: boolean
}

export interface Side {
  readonly totals: { readonly seq: number; readonly gpuMs: bigint; readonly used: bigint; readonly amount: bigint }
  readonly receipts: readonly Held[]
}

export interface BothFiles {
  readonly market: Market
  readonly node: Address
  readonly signer: Address
  readonly journal: string
  readonly store: string
}

/** The node's countersigned receipts of one tab. */
export function nodeSide(files: BothFiles): Side {
  const tab = bytesToHex(tabId(files.market, files.signer, files.node))
  return read(files, files.journal, {
    books: `SELECT books FROM tabs WHERE tab='${tab}'`,
    receipts: `SELECT proposal, countersignature AS cs FROM receipts WHERE tab='${tab}' AND countersignature IS NOT NULL ORDER BY seq`,
  })
}

/** The agent's. */
function agentSide(files: BothFiles): Side {
  return read(files, files.store, {
    books: `SELECT books FROM tabs WHERE signer='${files.signer}'`,
    receipts: `SELECT proposal, countersignature AS cs FROM receipts WHERE tab=(SELECT id FROM tabs WHERE signer='${files.signer}') ORDER BY seq`,
  })
}

function read({ market, node, signer }: BothFiles, file: string, sql: { books: string; receipts: string }): Side {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    db.exec("BEGIN") // one moment for both queries, though a process may be writing
    const row = db.prepare(sql.books).get() as { books: string } | undefined
    const rows = (db.prepare(sql.receipts).all() as { proposal: Uint8Array; cs: Uint8Array }[]).map(({ proposal, cs }) => {
      return { wire: WireProposal.decode(proposal), cs }
    })
    const stored = row && decodeBooks(row.books)
    const books = stored && rows.filter(({ wire }) => wire.seq > stored.seq).reduce((at, { wire }) => booksAfter(at, wire), stored)
    const { seq = 0, gpuMs = 0n, used = 0n, amount = 0n } = books ?? {}
    const tab = tabId(market, signer, node)
    const receipts = rows.map(({ wire, cs }): Held => {
      const digest = receiptDigest(market, openProposal({ tab, node }, wire).receipt)
      const genuine =
        recoverAddress(nativeEcdsa, digest, cs) === signer && recoverAddress(nativeEcdsa, digest, wire.nodeSignature) === node.toLowerCase()
      return { ...wire, digest: bytesToHex(digest), genuine }
    })
    return { totals: { seq, gpuMs, used, amount }, receipts }
  } finally {
    db.close()
  }
}

/** Remembers every countersigned receipt that was ever seen on either side, and says what is wrong with what is seen later. */
export class Witness {
  readonly #files: BothFiles
  readonly #known = new Map<number, string>()
  readonly #seen = { node: new Set<number>(), agent: new Set<number>() }
  readonly findings: string[] = []

  constructor(files: BothFiles) {
    this.#files = files
  }

  get receipts(): number {
    return this.#known.size
  }

  /** Looks at both sides now. The node first: what it holds the agent must have stored before. */
  look(): { node: Side; agent: Side } {
    const sides = { node: nodeSide(this.#files), agent: agentSide(this.#files) }
    this.#side("node", sides.node)
    this.#side("agent", sides.agent)
    const stored = new Set(sides.agent.receipts.map((r) => r.seq))
    for (const { seq } of sides.node.receipts)
      if (!stored.has(seq)) this.#find(`lost: receipt ${seq} is countersigned at the node and not in the agent's store`)
    return sides
  }

  /** Looks a last time, when nothing is under way: both sides must hold the same. */
  final(): { node: Side; agent: Side } {
    const sides = this.look()
    const held = new Set(sides.node.receipts.map((r) => r.seq))
    for (const { seq } of sides.agent.receipts)
      if (!held.has(seq)) this.#find(`lost: receipt ${seq} is in the agent's store and not countersigned at the node`)
    for (const key of ["seq", "gpuMs", "used", "amount"] as const)
      if (sides.node.totals[key] !== sides.agent.totals[key])
        this.#find(`totals: ${key} is ${sides.node.totals[key]} at the node and ${sides.agent.totals[key]} at the agent`)
    return sides
  }

  #side(name: "node" | "agent", { receipts, totals }: Side): void {
    for (const r of receipts) {
      const known = this.#known.get(r.seq)
      if (known === undefined) this.#known.set(r.seq, r.digest)
      else if (known !== r.digest)
        this.#find(`contradiction: two different receipts ${r.seq} are signed by both, one of them at the ${name}`)
      if (!r.genuine) this.#find(`forged: receipt ${r.seq} at the ${name} lacks a genuine signature`)
      this.#seen[name].add(r.seq)
    }
    const there = new Set(receipts.map((r) => r.seq))
    for (const seq of this.#seen[name]) if (!there.has(seq)) this.#find(`lost: receipt ${seq} was at the ${name} and is not any more`)
    for (const [i, r] of receipts.entries()) {
      const last = receipts[i - 1]
      if (last && (r.seq <= last.seq || r.used < last.used || r.gpuMs < last.gpuMs || r.block < last.block || r.day < last.day))
        this.#find(`order: receipt ${r.seq} at the ${name} runs behind receipt ${last.seq}`)
    }
    const newest = receipts.at(-1)
    if ((newest?.seq ?? 0) !== totals.seq || (newest?.used ?? 0n) !== totals.used)
      this.#find(`totals: the books of the ${name} are at receipt ${totals.seq}, its receipts end with ${newest?.seq ?? 0}`)
  }

  #find(text: string): void {
    if (!this.findings.includes(text)) this.findings.push(text)
  }
}
