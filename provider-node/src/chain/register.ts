import { networkInterfaces } from "node:os"
import { type Address, addressOfKey, bytesToHex, type Deployment, digestOf, halvesOf, TIERS } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import type { Hex } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import type { NodeConfig } from "../config.ts"
import { peerIdOf } from "../p2p/peer-id.ts"
import { connectAs, Refused, send, sendError } from "./send.ts"

export interface RegisterOptions {
  readonly rpcUrl: string
  readonly deployment: Deployment
  readonly nodeKey: Uint8Array
  readonly operatorKey: Uint8Array
  readonly config: NodeConfig
  readonly recorders: readonly Address[]
  readonly metadataHash?: Hex
}

const ZERO_HASH: Hex = `0x${"00".repeat(32)}`

/**
 * Puts a node on chain: its key, its operator, profile and offers, in one transaction.
 * @returns the transaction, mined; none when the key is registered for this operator already
 * @throws Refused when it is registered for another operator, the contract refuses, or the operator can't pay the gas; ChainUnavailable when
 * the RPC does not answer
 */
export async function registerNode(options: RegisterOptions): Promise<{ address: Address; hash?: Hex }> {
  const { rpcUrl, deployment, nodeKey, operatorKey, config } = options
  const address = addressOfKey(nodeKey)
  const account = privateKeyToAccount(bytesToHex(operatorKey))
  const connection = connectAs(account, rpcUrl, deployment)
  const { contract, publicClient } = connection
  try {
    const entry = await publicClient.readContract({ ...contract, functionName: "nodes", args: [address] })
    if (entry.operator.toLowerCase() === account.address.toLowerCase()) return { address }
    if (BigInt(entry.operator) !== 0n)
      throw new Refused(`Node ${address} is registered for another operator, ${entry.operator}, for ever. Make a new key.`)
    const market = { chainId: deployment.chainId, contract: deployment.berth }
    const signature = nativeEcdsa.sign(digestOf(market, "NodeRegistration", { operator: account.address }), nodeKey)
    const args = [address, ...halvesOf(signature), profileOf(options), offersOf(config)] as const
    const hash = await send(connection, [{ functionName: "registerNode", args }], "send it some")
    return { address, hash }
  } catch (error) {
    throw sendError(`the registration of ${address}`, error)
  }
}

/** Addresses that others can dial: announced ones, else listened ones, each with our PeerId. */
export function profileOf({ nodeKey, config, recorders, metadataHash }: Omit<RegisterOptions, "rpcUrl" | "deployment" | "operatorKey">) {
  const peerId = peerIdOf(nodeKey)
  const addresses = (config.announce.length > 0 ? config.announce : config.listen.map(outside)).map((a) =>
    a.includes("/p2p/") ? a : `${a}/p2p/${peerId}`,
  )
  return {
    tier: TIERS.indexOf(config.tier),
    region: config.region,
    addresses,
    recorders: [...recorders],
    metadataHash: metadataHash ?? ZERO_HASH,
  }
}

/** `0.0.0.0` is no address to dial: this machine's first one that is not loopback stands for it. */
function outside(address: string): string {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((i) => i && !i.internal && i.family === "IPv4")
  return address.replace("/ip4/0.0.0.0/", `/ip4/${own?.address ?? "127.0.0.1"}/`)
}

export const offersOf = (config: NodeConfig) =>
  config.offers.map((o) => ({ class: o.class, count: o.count, vramMiB: o.vramMiB, price: o.price, discounts: o.discounts }))
