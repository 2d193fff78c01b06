import { type Address, addressOfKey, bytesToHex, type Deployment } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { readRange } from "@berth/protocol/read-range"
import type { Hex, PublicClient } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import type { NodeConfig } from "../config.ts"
import { offersOf, profileOf } from "./register.ts"
import { connectAs, Refused, send, sendError } from "./send.ts"

export interface PublishOptions {
  readonly rpcUrl: string
  readonly deployment: Deployment
  readonly nodeKey: Uint8Array
  /** Pays the gas: the node's key or its operator's. */
  readonly senderKey: Uint8Array
  readonly config: NodeConfig
  /** Undefined: as they are on chain. */
  readonly recorders: readonly Address[] | undefined
  readonly metadataHash: Hex | undefined
}

/** What can be published. */
type Part = "profile" | "offers"

/**
 * Puts the config's profile and offers on chain where they differ from what is there, in one transaction.
 * @returns what was changed; no transaction when nothing was
 * @throws Refused when the node is not registered, the contract refuses, or nobody can pay the gas; ChainUnavailable when the RPC does not answer
 */
export async function publishNode(options: PublishOptions): Promise<{ changed: Part[]; hash?: Hex }> {
  const { rpcUrl, deployment, nodeKey, senderKey, config } = options
  const node = addressOfKey(nodeKey)
  const connection = connectAs(privateKeyToAccount(bytesToHex(senderKey)), rpcUrl, deployment)
  const { contract, publicClient } = connection
  try {
    const { operator } = await publicClient.readContract({ ...contract, functionName: "nodes", args: [node] })
    if (BigInt(operator) === 0n) throw new Refused(`Node ${node} is not registered: berth-node init --register --operator-key FILE.`)
    const there = await listed(publicClient as PublicClient, deployment, node)
    const { recorders = there.profile.recorders, metadataHash = there.profile.metadataHash } = options
    const profile = profileOf({ nodeKey, config, recorders, metadataHash })
    const offers = offersOf(config)
    const changed: Part[] = []
    if (!same(profile, there.profile)) changed.push("profile")
    if (!same(offers, there.offers)) changed.push("offers")
    if (changed.length === 0) return { changed }
    const calls = changed.map((part) =>
      part === "profile"
        ? ({ functionName: "updateNode", args: [node, profile] } as const)
        : ({ functionName: "setOffers", args: [node, offers] } as const),
    )
    const hash = await send(connection, calls, "send it some, or let the operator pay with --operator-key FILE")
    return { changed, hash }
  } catch (error) {
    throw sendError(`the listing of ${node}`, error)
  }
}

interface Listed {
  readonly profile: ReturnType<typeof profileOf>
  readonly offers: ReturnType<typeof offersOf>
}

/** The profile and offers in force: those of the newest events. */
async function listed(client: PublicClient, { berth, startBlock }: Deployment, node: Address): Promise<Listed> {
  let found: Partial<Listed> = {}
  const names = ["NodeUpdated", "OffersUpdated"] as const
  const read = (fromBlock: bigint, toBlock: bigint) => {
    const range = { address: berth, abi: berthAbi, args: { node }, fromBlock, toBlock } as const
    return Promise.all(names.map((eventName) => client.getContractEvents({ ...range, eventName })))
  }
  const head = await client.getBlockNumber({ cacheTime: 0 })
  for await (const piece of readRange(startBlock, head, read, { newestFirst: true })) {
    const [updates, offers] = piece.found
    const [update, offer] = [updates?.at(-1)?.args, offers?.at(-1)?.args] as { profile?: Listed["profile"]; offers?: Listed["offers"] }[]
    found = { ...(update?.profile && { profile: update.profile }), ...(offer?.offers && { offers: offer.offers }), ...found }
    if (found.profile && found.offers) return found as Listed
  }
  throw new Refused(`The RPC shows no listing of node ${node}: does it keep the logs since block ${startBlock}?`)
}

/** By value: what the chain says and what we would say hold the same fields. */
function same(ours: unknown, theirs: unknown): boolean {
  return canonical(ours) === canonical(theirs)
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v) => {
    if (typeof v === "bigint") return v.toString()
    if (typeof v === "string") return v.startsWith("0x") ? v.toLowerCase() : v
    return v !== null && typeof v === "object" && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : v
  })
}
