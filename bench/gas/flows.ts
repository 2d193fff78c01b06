import { concat, toBeHex } from "ethers"
import { seeded, seededWallet } from "../../contracts/test/support/batch.ts"
import {
  type Account,
  CHALLENGE,
  deployBerth,
  ethers,
  fund,
  networkHelpers,
  register,
  USD,
  withTab,
} from "../../contracts/test/support/harbour.ts"
import { permitOf } from "../../contracts/test/support/permit.ts"
import { signStruct } from "../../contracts/test/support/signing.ts"
import { at, claim, openWithOrder, withOrder } from "../../contracts/test/support/standing.ts"
import { settleOne } from "../../contracts/test/support/tab.ts"
import { measure, sumOf, type Taken } from "./measure.ts"

export async function openTabFlow(): Promise<Taken> {
  const harbour = await deployBerth()
  const node = seededWallet("bench node")
  const signer = seededWallet("bench signer")
  await register(harbour, harbour.operator, node)
  await fund(harbour, harbour.tenant, 5000n * USD)
  const { r, vs } = await signStruct(signer, harbour.domain, "TabConsent", { tenant: harbour.tenant.address, node: node.address })
  return measure(1, harbour.berth.connect(harbour.tenant).getFunction("openTab")(signer.address, node.address, 4000n * USD, r, vs))
}

/** A wallet that never did anything here: permit, deposit and the first tab in one transaction. */
export async function depositOpenFlow(): Promise<Taken> {
  const harbour = await deployBerth()
  const { berth, token } = harbour
  const node = seededWallet("bench node")
  const signer = seededWallet("bench signer")
  const tenant = seededWallet("bench tenant").connect(ethers.provider)
  await networkHelpers.setBalance(tenant.address, 10n ** 18n)
  await register(harbour, harbour.operator, node)
  const [deposit, tab] = [5000n * USD, 4000n * USD]
  await token.getFunction("mint")(tenant.address, deposit)
  const permit = await permitOf(harbour, tenant as unknown as Account, deposit)
  const { r, vs } = await signStruct(signer, harbour.domain, "TabConsent", { tenant: tenant.address, node: node.address })
  const encode = berth.interface
  const calls = [
    encode.encodeFunctionData("depositWithPermit", [deposit, tenant.address, ...permit]),
    encode.encodeFunctionData("openTab", [signer.address, node.address, tab, r, vs]),
  ]
  return measure(1, berth.connect(tenant).getFunction("multicall")(calls))
}

/** A second anchor of one recorder. `count` records, ten tabs of a busy node sharing them, as docs/formats.md packs them. */
export async function anchorFlow(count: number): Promise<Taken> {
  const harbour = await deployBerth()
  const anchor = harbour.records.connect(harbour.stranger).getFunction("anchor")
  await anchor(seeded("first root"), "0x")
  const tabs = Math.min(count, 10)
  const parts = count === 0 ? [] : ["0x01"]
  for (let tab = 0; tab < tabs; tab++) {
    const perTab = count / tabs
    parts.push(seeded(`tab ${tab}`), toBeHex(4711 + tab, 4), toBeHex(0, 2), toBeHex(perTab, 2))
    for (let i = 0; i < perTab; i++) {
      const ms = BigInt(seeded(`ms ${tab} ${i}`)) % 86_400_000n
      parts.push(toBeHex(21_000_000 + i, 8), toBeHex(i + 1, 4), toBeHex(ms, 8), toBeHex(ms / 9n, 8), toBeHex(i * 7, 4), toBeHex(ms * 3n, 8))
    }
  }
  return measure(count, anchor(seeded("second root"), concat(parts)))
}

/** A tab of a tenant that was settled once, its operator paid. */
async function settledTab() {
  const tab = await withTab()
  await settleOne(tab, 20_000_000n)
  return tab
}

/** Close by agreement with a last payment, of a tab that was settled before. */
export async function closeTabFlow(): Promise<Taken> {
  const { berth, domain, node, signer, tenant } = await settledTab()
  const terms = { signer: signer.address, node: node.address, amount: 80n * USD, deadline: 2n ** 40n }
  const { r, vs } = await signStruct(node, domain, "TabClose", terms)
  return measure(1, berth.connect(tenant).getFunction("closeTab")(terms.signer, terms.node, terms.amount, terms.deadline, r, vs))
}

/** An operator takes a part of its credits to a wallet that holds some of the token already. */
export async function withdrawFlow(): Promise<Taken> {
  const { berth, token, operator } = await settledTab()
  await token.getFunction("mint")(operator.address, 1n)
  return measure(1, berth.connect(operator).getFunction("withdraw")(1_000_000n, operator.address))
}

/** A tenant that has credits and token, and approved before, deposits again. */
export async function depositFlow(): Promise<Taken> {
  const harbour = await deployBerth()
  const { token, berth, tenant } = harbour
  await fund(harbour, tenant, USD)
  await token.getFunction("mint")(tenant.address, 1000n * USD)
  await token.connect(tenant).getFunction("approve")(await berth.getAddress(), 2n ** 256n - 1n)
  return measure(1, berth.connect(tenant).getFunction("deposit")(100n * USD, tenant.address))
}

export async function topUpFlow(): Promise<Taken> {
  const { berth, tenant, signer, node } = await settledTab()
  return measure(1, berth.connect(tenant).getFunction("topUp")(signer.address, node.address, 50n * USD))
}

/** Close by time: the tenant's request and, 72 hours later, anybody's finish. Two transactions. */
export async function closeTimedFlow(): Promise<Taken> {
  const { berth, tenant, stranger, signer, node } = await settledTab()
  const request = await measure(1, berth.connect(tenant).getFunction("requestClose")(signer.address, node.address))
  await networkHelpers.time.increase(CHALLENGE)
  return sumOf(1, [request, await measure(1, berth.connect(stranger).getFunction("finishClose")(signer.address, node.address))])
}

/** An operator's first stake. */
export async function stakeFlow(): Promise<Taken> {
  const harbour = await deployBerth()
  const { berth, operator } = harbour
  await fund(harbour, operator, 1000n * USD)
  const reservations = await ethers.getContractAt("Reservations", await berth.getFunction("reservations")())
  return measure(1, reservations.connect(operator).getFunction("stake")(500n * USD))
}

/** A tab with a standing order, from credits. */
export async function openOrderFlow(): Promise<Taken> {
  const harbour = await deployBerth()
  const [node, signer] = [seededWallet("bench node"), seededWallet("bench signer")]
  await register(harbour, harbour.operator, node)
  await fund(harbour, harbour.tenant, 1000n * USD)
  const from = (await networkHelpers.time.latest()) + 60
  const order = { base: 5n * USD, cap: 60n * USD, rate: 2n * USD, from, until: from + 172_800 }
  return measure(1, openWithOrder(harbour, harbour.tenant, signer, node.address, 100n * USD, order))
}

/** The second claim under a standing order: operator and tab are not new. */
export async function claimOrderFlow(): Promise<Taken> {
  const tab = await withOrder()
  await claim(tab, USD)
  await at(tab, 3600)
  return measure(1, claim(tab, 6n * USD))
}
