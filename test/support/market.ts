// Plays a market on a real chain without nodes and agents: registers nodes, opens tabs, makes receipts that both sides signed.
import {
  type Address,
  addressOfKey,
  type Books,
  bytesToHex,
  digestOf,
  emptyBooks,
  halvesOf,
  hexToBytes,
  keccakText,
  type Market,
  packSettlement,
  priced,
  propose,
  type ReservationQuote,
  receiptDigest,
  reservationId,
  type SettlementLine,
  type StructName,
  type TermDiscount,
  tabId,
  type Usage,
} from "@berth/protocol"
import { berthAbi, reservationsAbi, testUsdAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { type CountersignedReceipt, proposalToWire } from "@berth/protocol/wire"
import { type Hash, type HDAccount, type Hex, type PrivateKeyAccount, parseEther, type TransactionReceipt } from "viem"
import { devAccount, type LocalChain } from "../../scripts/local-chain/index.ts"

export type Wallet = HDAccount | PrivateKeyAccount

export interface TestNode {
  readonly key: Uint8Array
  readonly address: Address
  readonly operator: Wallet
}

export interface NodeListing {
  readonly tier?: number
  readonly region?: string
  readonly addresses?: readonly string[]
  readonly recorders?: readonly Address[]
  readonly offers?: readonly { class: string; count: number; vramMiB: number; price: bigint; discounts: readonly TermDiscount[] }[]
}

/** Credits, credits an hour, unix seconds. */
export interface StandingOrderInput {
  readonly base?: bigint
  readonly cap: bigint
  readonly rate: bigint
  readonly from?: number
  readonly until: number
}

/** A secp256k1 key that a name stands for. */
export function keyOf(name: string): Uint8Array {
  return keccakText(name)
}

/** Berth on a local chain. Dev accounts 0 to 18 play tenants and operators. */
export class TestMarket {
  readonly chain: LocalChain
  readonly market: Market

  constructor(chain: LocalChain) {
    this.chain = chain
    this.market = { chainId: chain.deployment.chainId, contract: chain.deployment.berth.toLowerCase() as Address }
  }

  account(index: number): Wallet {
    return devAccount(index)
  }

  /** Calls the core contract and waits until it is mined. */
  async call(account: Wallet, functionName: string, args: readonly unknown[]): Promise<TransactionReceipt> {
    return this.send(account, this.market.contract, berthAbi, functionName, args)
  }

  /** Calls the Reservations contract and waits until it is mined. */
  async callReservations(account: Wallet, functionName: string, args: readonly unknown[]): Promise<TransactionReceipt> {
    return this.send(account, this.chain.deployment.reservations, reservationsAbi, functionName, args)
  }

  /** Stakes credits of a node's operator and lets its quotes lock all of it. */
  async stake(node: TestNode, amount: bigint): Promise<void> {
    await this.deposit(node.operator, amount)
    await this.callReservations(node.operator, "stake", [amount])
    await this.callReservations(node.operator, "setLockable", [node.address, amount])
  }

  /** Takes a node's quote as its tenant does. */
  async reserve(tenant: Wallet, quote: ReservationQuote, signature: Uint8Array, signer: Address): Promise<bigint> {
    await this.callReservations(tenant, "reserve", [{ ...quote, nonce: bytesToHex(quote.nonce) }, signer, ...halvesOf(signature)])
    return reservationId(quote.node, quote.nonce)
  }

  async chainTime(): Promise<bigint> {
    return (await this.chain.client.getBlock()).timestamp
  }

  /** EIP-2098 as the two words that the contract takes. */
  sign(key: Uint8Array, struct: StructName, message: Record<string, unknown>): [Hex, Hex] {
    return halvesOf(nativeEcdsa.sign(digestOf(this.market, struct, message), key))
  }

  async registerNode(name: string, operator: Wallet, listing: NodeListing = {}): Promise<TestNode> {
    return this.registerKey(keyOf(name), operator, listing)
  }

  async registerKey(key: Uint8Array, operator: Wallet, listing: NodeListing = {}): Promise<TestNode> {
    const address = addressOfKey(key)
    const [r, vs] = this.sign(key, "NodeRegistration", { operator: operator.address })
    const offers = listing.offers ?? [{ class: "cpu/x86-64", count: 4, vramMiB: 0, price: 360_000n, discounts: [] }]
    await this.call(operator, "registerNode", [address, r, vs, profileOf(listing), offers])
    return { key, address, operator }
  }

  async deposit(account: Wallet, amount: bigint): Promise<void> {
    const { reserve } = this.chain.deployment
    await this.chain.fund(account.address, { eth: parseEther("1"), usd: amount })
    await this.send(account, reserve, testUsdAbi, "approve", [this.market.contract, amount])
    await this.call(account, "deposit", [amount, account.address])
  }

  /** @param order with which the tab opens: what the node may claim by itself */
  async openTab(tenant: Wallet, signerName: string, node: TestNode, amount: bigint, order?: StandingOrderInput): Promise<TestTab> {
    const signerKey = keyOf(signerName)
    const signer = addressOfKey(signerKey)
    const [r, vs] = this.sign(signerKey, "TabConsent", { tenant: tenant.address, node: node.address })
    if (order) await this.call(tenant, "openTabWithOrder", [signer, node.address, amount, { base: 0n, from: 0, ...order }, r, vs])
    else await this.call(tenant, "openTab", [signer, node.address, amount, r, vs])
    return new TestTab(this.market, node, signerKey)
  }

  /** Settles these lines in one transaction, sent by `account`. */
  async settle(account: Wallet, lines: readonly SettlementLine[]): Promise<TransactionReceipt> {
    return this.call(account, "settle", [bytesToHex(packSettlement(lines))])
  }

  /** Calls any contract and waits until it is mined. */
  async send(account: Wallet, address: Address, abi: unknown, functionName: string, args: readonly unknown[]): Promise<TransactionReceipt> {
    const { client } = this.chain
    const hash: Hash = await client.writeContract({ account, address, abi, functionName, args } as never)
    const receipt = await client.waitForTransactionReceipt({ hash })
    if (receipt.status !== "success") throw new Error(`${functionName} reverted`)
    return receipt
  }
}

export function profileOf({ tier = 0, region = "DE/Berlin", addresses = [], recorders = [] }: NodeListing) {
  return { tier, region, addresses, recorders, metadataHash: bytesToHex(new Uint8Array(32)) }
}

/** What both sides signed, in the forms in which it travels. */
export interface SignedReceipt {
  readonly tab: Uint8Array
  readonly wire: CountersignedReceipt
  readonly line: SettlementLine & { readonly signer: Address }
}

export interface ReceiptInput {
  readonly day: number
  readonly block: bigint
  readonly advance?: bigint
  /** Cumulative ms by leaseNo. A lease seen first gets its terms leaf. */
  readonly usage: readonly Pick<Usage, "leaseNo" | "cumulativeMs">[]
}

/** A tab's two signers in one: makes receipts on the books of the last one. */
export class TestTab {
  readonly node: TestNode
  readonly signerKey: Uint8Array
  readonly signer: Address
  readonly id: Uint8Array
  readonly #market: Market
  books: Books
  /** Credits per GPU-hour of every lease. */
  price = 360_000n

  constructor(market: Market, node: TestNode, signerKey: Uint8Array) {
    this.#market = market
    this.node = node
    this.signerKey = signerKey
    this.signer = addressOfKey(signerKey)
    this.id = tabId(market, this.signer, node.address)
    this.books = emptyBooks(this.id, node.address)
  }

  receipt({ day, block, advance = 0n, usage }: ReceiptInput): SignedReceipt {
    const terms = [...new Set(usage.map((u) => u.leaseNo))]
      .filter((no) => !this.books.leases.has(no))
      .map((leaseNo) => ({ leaseNo, publicTermsHash: keccakText(`terms ${leaseNo} of ${bytesToHex(this.id)}`) }))
    const usages = usage.map((u) => ({ ...u, block, requests: 0, tokens: 0n }))
    const known = { ...this.books, leases: new Map([...this.books.leases, ...terms.map((t) => [t.leaseNo, 0n] as const)]) }
    const records = priced(known, usages, () => this.price)
    const proposal = propose(this.books, { seq: this.books.seq + 1, day, block, advance, terms, records })
    const digest = receiptDigest(this.#market, proposal.receipt)
    const nodeSignature = nativeEcdsa.sign(digest, this.node.key)
    const countersignature = nativeEcdsa.sign(digest, this.signerKey)
    this.books = proposal.next
    return {
      tab: this.id,
      wire: {
        node: hexToBytes(this.node.address),
        signer: hexToBytes(this.signer),
        proposal: proposalToWire(proposal, nodeSignature),
        countersignature,
        reservation: new Uint8Array(0),
      },
      line: { receipt: proposal.receipt, countersignature, signer: this.signer },
    }
  }
}
