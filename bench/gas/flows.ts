import { concat, Signature, toBeHex, type Wallet } from "ethers"
import { encodeBatch, seeded, seededWallet, signLine } from "../../contracts/test/support/batch.ts"
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

export interface Measured {
  gas: number
  calldataBytes: number
  items: number
  gasPerItem: number
  bytesPerItem: number
}

/** What one transaction took, all in: 21,000, calldata (or its floor), execution, refunds. */
export async function measure(
  items: number,
  sending: Promise<{ data: string; wait(): Promise<{ gasUsed: bigint } | null> }>,
): Promise<Measured> {
  const transaction = await sending
  const gas = Number((await transaction.wait())!.gasUsed)
  const calldataBytes = (transaction.data.length - 2) / 2
  const per = (total: number) => Math.round((total / Math.max(items, 1)) * 10) / 10
  return { gas, calldataBytes, items, gasPerItem: per(gas), bytesPerItem: per(calldataBytes) }
}

/** A tenant of its own for every tab, each with gas money and $5 of credits, opening one tab of $4. */
async function openTabs(harbour: Harbour, nodes: Wallet[], tabsPerNode: number): Promise<Wallet[][]> {
  const opened: Wallet[][] = []
  for (const node of nodes) {
    const signers: Wallet[] = []
    for (let i = 0; i < tabsPerNode; i++) {
      const tenant = seededWallet(`tenant ${node.address} ${i}`).connect(ethers.provider) as unknown as Account
      const signer = seededWallet(`signer ${node.address} ${i}`)
      await networkHelpers.setBalance(tenant.address, 10n ** 18n)
      await fund(harbour, tenant, 5000n * USD)
      await open(harbour, tenant, signer, node.address, 4000n * USD)
      signers.push(signer)
    }
    opened.push(signers)
  }
  return opened
}

/** Receipts over random-looking amounts of four bytes (up to about $2,000), on top of `base`. */
async function batchOf(harbour: Harbour, nodes: Wallet[], signers: Wallet[][], day: number, base: bigint): Promise<string> {
  const groups = await Promise.all(
    nodes.map(async (node, n) => ({
      node: node.address,
      day,
      lines: await Promise.all(
        signers[n]!.map((signer) => {
          const amount = base + (BigInt(seeded(`amount ${signer.address} ${day}`)) % 1_000_000_000n)
          return signLine(signer, harbour.domain, node.address, day, amount, amount * 9n)
        }),
      ),
    })),
  )
  return encodeBatch(...groups)
}

/** Settles a first day (not measured: operator and tabs become non-zero), then measures the second one. */
export async function settleFlow(nodeCount: number, tabsPerNode: number): Promise<Measured> {
  const harbour = await deployBerth()
  const nodes = Array.from({ length: nodeCount }, (_, i) => seededWallet(`bench node ${i}`))
  for (const [i, node] of nodes.entries()) {
    // Ten nodes of ten operators: the dear case.
    const operator = seededWallet(`bench operator ${i}`).connect(ethers.provider) as unknown as Account
    await networkHelpers.setBalance(operator.address, 10n ** 18n)
    await register(harbour, operator, node)
  }
  const signers = await openTabs(harbour, nodes, tabsPerNode)
  const settle = harbour.berth.connect(harbour.stranger).getFunction("settle")
  await settle(await batchOf(harbour, nodes, signers, DAY, 20_000_000n))
  return measure(nodeCount * tabsPerNode, settle(await batchOf(harbour, nodes, signers, DAY + 1, 1_100_000_000n)))
}

export async function openTabFlow(): Promise<Measured> {
  const harbour = await deployBerth()
  const node = seededWallet("bench node")
  const signer = seededWallet("bench signer")
  await register(harbour, harbour.operator, node)
  await fund(harbour, harbour.tenant, 5000n * USD)
  const { r, vs } = await signStruct(signer, harbour.domain, "TabConsent", { tenant: harbour.tenant.address, node: node.address })
  return measure(1, harbour.berth.connect(harbour.tenant).getFunction("openTab")(signer.address, node.address, 4000n * USD, r, vs))
}

/** A wallet that never did anything here: permit, deposit and the first tab in one transaction. */
export async function depositOpenFlow(): Promise<Measured> {
  const harbour = await deployBerth()
  const { berth, token, chainId } = harbour
  const node = seededWallet("bench node")
  const signer = seededWallet("bench signer")
  const tenant = seededWallet("bench tenant").connect(ethers.provider)
  await networkHelpers.setBalance(tenant.address, 10n ** 18n)
  await register(harbour, harbour.operator, node)
  const [deposit, tab] = [5000n * USD, 4000n * USD]
  await token.getFunction("mint")(tenant.address, 2n * deposit)

  const spender = await berth.getAddress()
  const deadline = 2n ** 40n
  const permit = Signature.from(
    await tenant.signTypedData(
      { name: "Test USD", version: "1", chainId, verifyingContract: await token.getAddress() },
      {
        Permit: [
          { name: "owner", type: "address" },
          { name: "spender", type: "address" },
          { name: "value", type: "uint256" },
          { name: "nonce", type: "uint256" },
          { name: "deadline", type: "uint256" },
        ],
      },
      { owner: tenant.address, spender, value: deposit, nonce: 0, deadline },
    ),
  )
  const { r, vs } = await signStruct(signer, harbour.domain, "TabConsent", { tenant: tenant.address, node: node.address })
  const encode = berth.interface
  const calls = [
    encode.encodeFunctionData("depositWithPermit", [deposit, tenant.address, deadline, permit.v, permit.r, permit.s]),
    encode.encodeFunctionData("openTab", [signer.address, node.address, tab, r, vs]),
  ]
  return measure(1, berth.connect(tenant).getFunction("multicall")(calls))
}

/** A second anchor of one recorder. `count` records, ten tabs of a busy node sharing them, as docs/formats.md packs them. */
export async function anchorFlow(count: number): Promise<Measured & { recordBytes: number }> {
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
  const data = concat(parts)
  return { ...(await measure(count, anchor(seeded("second root"), data))), recordBytes: (data.length - 2) / 2 }
}

async function settledTab() {
  const harbour = await deployBerth()
  const node = seededWallet("bench node")
  const [signers] = await (async () => {
    await register(harbour, harbour.operator, node)
    return openTabs(harbour, [node], 1)
  })()
  const tenant = seededWallet(`tenant ${node.address} 0`).connect(ethers.provider)
  await harbour.berth.getFunction("settle")(await batchOf(harbour, [node], [signers!], DAY, 20_000_000n))
  return { ...harbour, node, signer: signers![0]!, tenant }
}

/** Close by agreement with a last payment, of a tab that was settled before. */
export async function closeTabFlow(): Promise<Measured> {
  const { berth, domain, node, signer, tenant } = await settledTab()
  const terms = { signer: signer.address, node: node.address, amount: 2_100_000_000n, deadline: 2n ** 40n }
  const { r, vs } = await signStruct(node, domain, "TabClose", terms)
  return measure(1, berth.connect(tenant).getFunction("closeTab")(terms.signer, terms.node, terms.amount, terms.deadline, r, vs))
}

/** An operator takes a part of its credits to a wallet that holds some of the token already. */
export async function withdrawFlow(): Promise<Measured> {
  const { berth, token, operator } = await settledTab()
  await token.getFunction("mint")(operator.address, 1n)
  return measure(1, berth.connect(operator).getFunction("withdraw")(1_000_000n, operator.address))
}
