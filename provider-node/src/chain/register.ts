import { networkInterfaces } from "node:os"
import { type Address, addressOfKey, bytesToHex, type Deployment, digestOf, TIERS } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { createPublicClient, createWalletClient, defineChain, type Hex, http } from "viem"
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts"
import type { NodeConfig } from "../config.ts"
import { peerIdOf } from "../p2p/peer-id.ts"
import { chainError } from "./errors.ts"

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
 * @throws Error when it is registered for another operator or the transaction fails; ChainUnavailable when the RPC does not answer
 */
export async function registerNode(options: RegisterOptions): Promise<{ address: Address; hash?: Hex }> {
  const { rpcUrl, deployment, nodeKey, operatorKey, config } = options
  const address = addressOfKey(nodeKey)
  const account = privateKeyToAccount(bytesToHex(operatorKey))
  const { publicClient, wallet } = connectAs(account, rpcUrl, deployment)
  const contract = { address: deployment.berth, abi: berthAbi } as const
  try {
    const entry = await publicClient.readContract({ ...contract, functionName: "nodes", args: [address] })
    if (entry.operator.toLowerCase() === account.address.toLowerCase()) return { address }
    if (BigInt(entry.operator) !== 0n)
      throw new Error(`Node ${address} is registered for another operator, ${entry.operator}, for ever. Make a new key.`)
    const market = { chainId: deployment.chainId, contract: deployment.berth }
    const signature = nativeEcdsa.sign(digestOf(market, "NodeRegistration", { operator: account.address }), nodeKey)
    const hash = await wallet.writeContract({
      ...contract,
      functionName: "registerNode",
      args: [address, bytesToHex(signature.subarray(0, 32)), bytesToHex(signature.subarray(32)), profileOf(options), offersOf(config)],
    })
    const receipt = await publicClient.waitForTransactionReceipt({ hash })
    if (receipt.status !== "success") throw new Error(`Registering ${address} failed in transaction ${hash}.`)
    return { address, hash }
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("Node ")) throw error
    throw chainError(`the registration of ${address}`, error)
  }
}

/** To read, and to send as an account. */
export function connectAs(account: PrivateKeyAccount, rpcUrl: string, { chainId }: Deployment) {
  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  return {
    publicClient: createPublicClient({ chain, transport: http(rpcUrl), pollingInterval: 200 }),
    wallet: createWalletClient({ account, chain, transport: http(rpcUrl) }),
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
