import type { Wallet } from "ethers"
import { network } from "hardhat"
import { seededWallet } from "./batch.ts"
import { berthDomain, signStruct } from "./signing.ts"

/** One in-process chain per importing process; tests go back to a snapshot of it with `loadFixture`. */
const connection = await network.create("local")
export const { ethers, networkHelpers } = connection
export const { loadFixture, time } = networkHelpers

export const USD = 1_000_000n
export const DAY = 20_778
export const HOUR = 3600
export const CHALLENGE = 72 * HOUR
export const EMPTY_PROFILE = { tier: 0, region: "DE", addresses: [], recorders: [], metadataHash: ethers.ZeroHash }
export const OFFER = { class: "nvidia/rtx-4090", count: 1, vramMiB: 24_576, price: 400_000n, discounts: [] }

/** Token, core and records freshly deployed; an operator, tenants, strangers from the chain's own accounts. */
export function deployBerth() {
  return deployWith("TestUSD")
}

/** The same over another token, mostly a hostile one. */
export async function deployWith(tokenName: string) {
  const [owner, operator, tenant, otherTenant, stranger, gateway] = await ethers.getSigners()
  const token = await ethers.deployContract(tokenName)
  const berth = await ethers.deployContract("Berth", [await token.getAddress(), owner!.address])
  const records = await ethers.deployContract("ComputeRecords")
  const { chainId } = await ethers.provider.getNetwork()
  const domain = berthDomain(chainId, await berth.getAddress())
  return {
    owner: owner!,
    operator: operator!,
    tenant: tenant!,
    otherTenant: otherTenant!,
    stranger: stranger!,
    gateway: gateway!,
    token,
    berth,
    records,
    domain,
    chainId,
  }
}

export type Harbour = Awaited<ReturnType<typeof deployBerth>>
export type Account = Harbour["owner"]

/** Mints and deposits `amount` for `account`. */
export async function fund({ token, berth }: Harbour, account: Account, amount: bigint): Promise<void> {
  await token.getFunction("mint")(account.address, amount)
  await token.connect(account).getFunction("approve")(await berth.getAddress(), amount)
  await berth.connect(account).getFunction("deposit")(amount, account.address)
}

/** Registers the node key `node` for `operator`. */
export async function register({ berth, domain }: Harbour, operator: Account, node: Wallet): Promise<void> {
  const { r, vs } = await signStruct(node, domain, "NodeRegistration", { operator: operator.address })
  await berth.connect(operator).getFunction("registerNode")(node.address, r, vs, EMPTY_PROFILE, [OFFER])
}

/** Opens the tab (signer, node) of `tenant`, whose credits must be there. */
export async function open({ berth, domain }: Harbour, tenant: Account, signer: Wallet, node: string, amount: bigint): Promise<void> {
  const { r, vs } = await signStruct(signer, domain, "TabConsent", { tenant: tenant.address, node })
  await berth.connect(tenant).getFunction("openTab")(signer.address, node, amount, r, vs)
}

/** A deployment with one node of `operator` and one tab of `tenant` with $100 in it and $900 of credits beside it. */
export async function withTab() {
  const harbour = await deployBerth()
  const node = seededWallet("node")
  const signer = seededWallet("signer")
  await fund(harbour, harbour.tenant, 1000n * USD)
  await register(harbour, harbour.operator, node)
  await open(harbour, harbour.tenant, signer, node.address, 100n * USD)
  return { ...harbour, node, signer }
}
