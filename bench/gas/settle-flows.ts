import { concat, type Wallet, zeroPadValue } from "ethers"
import { encodeBatch, type Group, seeded, seededWallet, signLine } from "../../contracts/test/support/batch.ts"
import {
  type Account,
  DAY,
  deployBerth,
  ethers,
  fund,
  type Harbour,
  networkHelpers,
  open,
  register,
  USD,
} from "../../contracts/test/support/harbour.ts"
import { signStruct } from "../../contracts/test/support/signing.ts"
import { measure, type Taken } from "./measure.ts"

/** The most gas that one transaction may take (EIP-7825). */
const TRANSACTION_CAP = 16_777_216
/** Storage slots of the core's mappings, as docs/contracts.md draws them. */
const [CREDITS, NODES, TABS] = [3, 4, 5]

/** Receipts over random-looking amounts of four bytes (up to about $2,000), on top of `base`. */
function groupOf(harbour: Harbour, node: Wallet, signers: readonly Wallet[], day: number, base: bigint): Promise<Group> {
  const lines = signers.map((signer) => {
    const amount = base + (BigInt(seeded(`amount ${signer.address} ${day}`)) % 1_000_000_000n)
    return signLine(signer, harbour.domain, node.address, day, amount, amount * 9n)
  })
  return Promise.all(lines).then((signed) => ({ node: node.address, day, lines: signed }))
}

const firstDay = (harbour: Harbour, node: Wallet, signers: readonly Wallet[]) => groupOf(harbour, node, signers, DAY, 20_000_000n)
const secondDay = (harbour: Harbour, node: Wallet, signers: readonly Wallet[]) => groupOf(harbour, node, signers, DAY + 1, 1_100_000_000n)

function settleOf({ berth, stranger }: Harbour) {
  return berth.connect(stranger).getFunction("settle")
}

/** Nodes of operators of their own: the dear case. */
async function nodesOf(harbour: Harbour, count: number): Promise<Wallet[]> {
  const nodes = Array.from({ length: count }, (_, i) => seededWallet(`bench node ${i}`))
  for (const [i, node] of nodes.entries()) {
    const operator = seededWallet(`bench operator ${i}`).connect(ethers.provider) as unknown as Account
    await networkHelpers.setBalance(operator.address, 10n ** 18n)
    await register(harbour, operator, node)
  }
  return nodes
}

/** A tenant of its own for every tab, each with gas money and $5,000 of credits, opening one tab of $4,000. */
async function tabsOfTenants(harbour: Harbour, node: Wallet, count: number): Promise<Wallet[]> {
  const signers: Wallet[] = []
  for (let i = 0; i < count; i++) {
    const tenant = seededWallet(`tenant ${node.address} ${i}`).connect(ethers.provider) as unknown as Account
    const signer = seededWallet(`signer ${node.address} ${i}`)
    await networkHelpers.setBalance(tenant.address, 10n ** 18n)
    await fund(harbour, tenant, 5000n * USD)
    await open(harbour, tenant, signer, node.address, 4000n * USD)
    signers.push(signer)
  }
  return signers
}

/** All of one tenant, which settlement can't see, opened a hundred at a time: a thousand wallets would take minutes. */
async function tabsOfOne(harbour: Harbour, node: Wallet, count: number): Promise<Wallet[]> {
  const { berth, tenant, domain } = harbour
  await fund(harbour, tenant, BigInt(count) * 4000n * USD)
  const signers = Array.from({ length: count }, (_, i) => seededWallet(`signer ${node.address} ${i}`))
  for (let at = 0; at < count; at += 100) {
    const calls = signers.slice(at, at + 100).map(async (signer) => {
      const { r, vs } = await signStruct(signer, domain, "TabConsent", { tenant: tenant.address, node: node.address })
      return berth.interface.encodeFunctionData("openTab", [signer.address, node.address, 4000n * USD, r, vs])
    })
    await berth.connect(tenant).getFunction("multicall")(await Promise.all(calls))
  }
  return signers
}

/** Settles a first day (not measured: operator and tabs become non-zero), then measures the second one. */
export async function settleFlow(nodeCount: number, tabsPerNode: number): Promise<Taken> {
  const harbour = await deployBerth()
  const settle = settleOf(harbour)
  const second: Group[] = []
  for (const node of await nodesOf(harbour, nodeCount)) {
    const signers = tabsPerNode > 100 ? await tabsOfOne(harbour, node, tabsPerNode) : await tabsOfTenants(harbour, node, tabsPerNode)
    await settle(encodeBatch(await firstDay(harbour, node, signers)))
    second.push(await secondDay(harbour, node, signers))
  }
  return measure(nodeCount * tabsPerNode, settle(encodeBatch(...second)))
}

/** `settle-100` with an access list of the slots it writes (EIP-2930), which any submitter can send: 1,900 for a slot that is 2,000 cheaper then. */
export async function listedFlow(): Promise<Taken> {
  const harbour = await deployBerth()
  const [node] = await nodesOf(harbour, 1)
  const signers = await tabsOfTenants(harbour, node!, 100)
  const settle = settleOf(harbour)
  await settle(encodeBatch(await firstDay(harbour, node!, signers)))
  const batch = encodeBatch(await secondDay(harbour, node!, signers))
  const operator = seededWallet("bench operator 0").address
  const storageKeys = [
    slotOf(operator, zeroPadValue(ethers.toBeHex(CREDITS), 32)),
    slotOf(node!.address, zeroPadValue(ethers.toBeHex(NODES), 32)),
    ...signers.map(({ address }) => slotOf(address, slotOf(node!.address, zeroPadValue(ethers.toBeHex(TABS), 32)))),
  ]
  return measure(100, settle(batch, { accessList: [{ address: await harbour.berth.getAddress(), storageKeys }] }))
}

function slotOf(key: string, mapping: string): string {
  return ethers.keccak256(concat([zeroPadValue(key, 32), mapping]))
}

/**
 * As many tabs of one node as fit one transaction: `guess`, a few more than fit, is cut until the chain takes it. The first day is settled
 * in two halves.
 */
export async function settleMaxFlow(guess: number): Promise<Taken> {
  const harbour = await deployBerth()
  const [node] = await nodesOf(harbour, 1)
  const signers = await tabsOfOne(harbour, node!, guess)
  const settle = settleOf(harbour)
  for (const half of [signers.slice(0, guess / 2), signers.slice(guess / 2)])
    await settle(encodeBatch(await firstDay(harbour, node!, half)))
  const { day, lines } = await secondDay(harbour, node!, signers)
  for (let count = guess; ; count--) {
    const batch = encodeBatch({ node: node!.address, day, lines: lines.slice(0, count) })
    if (await fits(settle, batch)) {
      if (count === guess) throw new Error(`all of ${guess} tabs fit one transaction: guess higher`)
      return measure(count, settle(batch, { gasLimit: TRANSACTION_CAP }))
    }
  }
}

function fits(settle: ReturnType<typeof settleOf>, batch: string): Promise<boolean> {
  return settle.staticCall(batch, { gasLimit: TRANSACTION_CAP }).then(
    () => true,
    () => false,
  )
}
