import type { TypedDataDomain, Wallet } from "ethers"
import { seeded, seededWallet } from "./batch.ts"
import { type Account, DAY, deployBerth, ethers, fund, type Harbour, HOUR, register, time, USD } from "./harbour.ts"
import { type CompactSignature, signStruct } from "./signing.ts"

export interface Order {
  base: bigint
  cap: bigint
  rate: bigint
  from: number
  until: number
}

/** What a receipt's recordsHash opens to, but for the tab. */
export const OPENING = {
  seq: 7,
  block: 1234n,
  used: 99n,
  treeSize: 5,
  treeRoot: seeded("tree root"),
  previousDayRecordsHash: seeded("the day before"),
}

/** Seconds from the fixture's opening to the order's `from`. */
const BEFORE = 3 * HOUR

/**
 * A deployment with one node of `operator` and one tab of `tenant` with $100 in it, $900 beside it, and a standing order: $5 at once, $2 an
 * hour from three hours after the opening on, for two days, at most $60.
 */
export async function withOrder() {
  const harbour = await deployBerth()
  const [node, signer] = [seededWallet("node"), seededWallet("signer")]
  await fund(harbour, harbour.tenant, 1000n * USD)
  await register(harbour, harbour.operator, node)
  const from = (await time.latest()) + BEFORE
  const order: Order = { base: 5n * USD, cap: 60n * USD, rate: 2n * USD, from, until: from + 48 * HOUR }
  await openWithOrder(harbour, harbour.tenant, signer, node.address, 100n * USD, order)
  return { ...harbour, node, signer, order }
}

export type OrderTab = Awaited<ReturnType<typeof withOrder>>

/** `openTabWithOrder` of `tenant`, whose credits must be there. */
export async function openWithOrder(harbour: Harbour, tenant: Account, signer: Wallet, node: string, amount: bigint, order: Order) {
  const { r, vs } = await signStruct(signer, harbour.domain, "TabConsent", { tenant: tenant.address, node })
  return harbour.berth.connect(tenant).getFunction("openTabWithOrder")(signer.address, node, amount, order, r, vs)
}

/** keccak256(abi.encode(tab, seq, block, used, treeSize, treeRoot, previousDayRecordsHash)), written out once more. */
export async function recordsHashOf({ berth, chainId }: Harbour, signer: string, node: string, opening = OPENING): Promise<string> {
  const coder = ethers.AbiCoder.defaultAbiCoder()
  const core = await berth.getAddress()
  const tab = ethers.keccak256(coder.encode(["uint256", "address", "address", "address"], [chainId, core, signer, node]))
  const types = ["bytes32", "uint32", "uint64", "uint64", "uint32", "bytes32", "bytes32"]
  return ethers.keccak256(coder.encode(types, [tab, ...Object.values(opening)]))
}

/** A claim as its arguments, in the order of `claimStandingOrder`. */
export type Claim = [string, string, number, bigint, bigint, typeof OPENING, string, string]

interface ClaimChanges {
  /** Who signs instead of the node. */
  by?: Wallet
  domain?: TypedDataDomain
  gpuMs?: bigint
}

/** A receipt of the tab over `amount`, signed by its node alone. */
export async function claimOf(tab: OrderTab, amount: bigint, changes: ClaimChanges = {}): Promise<Claim> {
  const { r, vs } = await signClaim(tab, amount, changes)
  return [tab.signer.address, tab.node.address, DAY, changes.gpuMs ?? amount, amount, OPENING, r, vs]
}

async function signClaim(tab: OrderTab, amount: bigint, changes: ClaimChanges): Promise<CompactSignature> {
  const recordsHash = await recordsHashOf(tab, tab.signer.address, tab.node.address)
  const receipt = { node: tab.node.address, day: DAY, gpuMs: changes.gpuMs ?? amount, amount, recordsHash }
  return signStruct(changes.by ?? tab.node, changes.domain ?? tab.domain, "Receipt", receipt)
}

/** Claims `amount` as a stranger, who needs nothing but the node's signature. */
export async function claim(tab: OrderTab, amount: bigint, changes: ClaimChanges = {}) {
  return send(tab, await claimOf(tab, amount, changes))
}

export function send(tab: OrderTab, arguments_: Claim) {
  return tab.berth.connect(tab.stranger).getFunction("claimStandingOrder")(...arguments_)
}

/** `seconds` after the order's `from`, in the next block. */
export function at(tab: OrderTab, seconds: number) {
  return time.setNextBlockTimestamp(tab.order.from + seconds)
}

export async function allows({ berth, signer, node }: OrderTab): Promise<bigint> {
  return berth.getFunction("standingOrderAllows")(signer.address, node.address)
}
