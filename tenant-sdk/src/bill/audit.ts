import { type Bundle, bundleSchema, type Deployment, deployments } from "@berth/protocol"
import type { PublicClient } from "viem"
import { z } from "zod"
import { asChainError } from "../chain/chain-error.ts"
import { BerthError } from "../errors.ts"
import { aheadsOf, blocksThatDecide, checkAhead } from "./check-ahead.ts"
import { checkChain } from "./check-chain.ts"
import { checkTab } from "./check-tab.ts"
import type { Finding } from "./finding.ts"
import { type FactsSource, readFacts } from "./read-facts.ts"
import { readTimes } from "./read-times.ts"

export type { Finding } from "./finding.ts"

/** The chain that a bundle is held against, and where the market lives on it. */
export interface AuditOptions {
  readonly publicClient: PublicClient
  /**
   * Where the market lives, known from elsewhere; its chain and contract must be the bundle's. Without it the published deployment on the
   * bundle's chain, and where none is published (a local chain) what the bundle itself names, with a note that says so.
   */
  readonly deployment?: Deployment | undefined
}

/** What an audit recomputed and what it found. */
export interface AuditResult {
  /** The contracts were taken from the bundle itself, since nobody named them: whoever relies on it makes sure that they are Berth's. */
  readonly contractsFromBundle: boolean
  /** No finding is an error. */
  readonly ok: boolean
  readonly findings: readonly Finding[]
  /** What was recomputed. */
  readonly checked: {
    readonly tabs: number
    readonly receipts: number
    readonly records: number
    readonly settlements: number
    /** Receipts whose records a recorder of the node's anchored just as they were recomputed here. */
    readonly anchored: number
  }
  /** Credits: used by the records, and paid on chain. */
  readonly used: bigint
  readonly paid: bigint
}

/**
 * Recomputes a bill from its bundle and the chain alone: every amount, leaf, tree, hash and signature, then what was settled and anchored.
 * Needs neither party's store nor a key. A node that billed one record by one credit too much is named with the record.
 * @throws BerthError `wrong_market` (the bundle is of another chain or contract), `rpc`
 *
 * @example
 * const { ok, findings } = await audit(parseBundle(readFileSync("bill.json", "utf8")), { publicClient, deployment })
 */
export async function audit(bundle: Bundle, options: AuditOptions): Promise<AuditResult> {
  const deployment = options.deployment ?? publishedOn(bundle.chainId) ?? namedBy(bundle)
  const market = { chainId: bundle.chainId, contract: bundle.contract }
  await expectChain(options.publicClient, bundle.chainId)
  if (bundle.chainId !== deployment.chainId || bundle.contract !== deployment.berth.toLowerCase())
    throw new BerthError(
      "wrong_market",
      `the bundle is of contract ${bundle.contract} on chain ${bundle.chainId}; the deployment is ${deployment.berth} on ${deployment.chainId}`,
    )
  const source = { publicClient: options.publicClient, deployment }
  const facts = await readFacts(bundle, source)
  const checked = { tabs: 0, receipts: 0, records: 0, settlements: 0, anchored: 0 }
  const findings: Finding[] = []
  let used = 0n
  let paid = 0n
  for (const [i, tab] of bundle.tabs.entries()) {
    const fact = facts[i]!
    const result = checkTab(market, tab)
    const onChain = checkChain(bundle.tenant, tab, result, fact)
    const aheads = aheadsOf(tab, result, fact.settlements)
    const times = await readTimes(source, blocksThatDecide(result, aheads))
    findings.push(...result.findings, ...onChain.findings, ...checkAhead(tab, result, aheads, times))
    const blocks = tab.statements.flatMap((s) => s.blocks)
    checked.tabs++
    checked.receipts += blocks.length
    checked.records += blocks.reduce((sum, b) => sum + b.records.length, 0)
    checked.settlements += fact.settlements.length
    checked.anchored += onChain.anchored
    used += tab.statements.at(-1)?.used ?? 0n
    paid += fact.spent
  }
  const contractsFromBundle = !options.deployment && !publishedOn(bundle.chainId)
  return { contractsFromBundle, ok: findings.every((f) => f.severity !== "error"), findings, checked, used, paid }
}

/** A bundle from its JSON text. Throws BerthError `malformed` naming the field. */
export function parseBundle(text: string): Bundle {
  try {
    return bundleSchema.parse(JSON.parse(text))
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : "it is no JSON"
    throw new BerthError("malformed", `not a bundle: ${why}`, { hint: "berth bill --export FILE writes one", cause })
  }
}

function publishedOn(chainId: number): Deployment | undefined {
  return deployments.find((d) => d.chainId === chainId)
}

function namedBy({ chainId, contract, computeRecords, startBlock }: Bundle): FactsSource["deployment"] {
  return { chainId, berth: contract, computeRecords, startBlock }
}

async function expectChain(publicClient: PublicClient, chainId: number): Promise<void> {
  const actual = await publicClient.getChainId().catch((error) => {
    throw asChainError(error, "reading the chain's id")
  })
  if (actual !== chainId) throw new BerthError("wrong_market", `the bundle is of chain ${chainId}; this RPC serves chain ${actual}`)
}
