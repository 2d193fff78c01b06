// What the reservation story does, one call each, signed by keys that a name stands for.
import {
  type Address,
  addressOfKey,
  bytesToHex,
  emptyBooks,
  halvesOf,
  keccakText,
  packServed,
  propose,
  type ReservationQuote,
  receiptDigest,
  reservationId,
  tabId,
} from "@berth/protocol"
import { verifiersAbi } from "@berth/protocol/abi"
import { nativeEcdsa } from "@berth/protocol/native"
import { zeroAddress } from "viem"
import { keyOf, type TestMarket, type TestNode, type Wallet } from "../../test/support/market.ts"

export const DAY = 86_400n

export interface TestReservation {
  readonly id: bigint
  readonly node: TestNode
  readonly quote: ReservationQuote
}

/** Members of the verifier set, in the order of their addresses. */
const members = ["verifier 1", "verifier 2", "verifier 3"].map(keyOf).sort((a, b) => (addressOfKey(a) < addressOfKey(b) ? -1 : 1))

export class Reserving {
  readonly market: TestMarket

  constructor(market: TestMarket) {
    this.market = market
  }

  async today(): Promise<number> {
    return Number((await this.market.chainTime()) / DAY)
  }

  /** Moves to noon of a UTC day. */
  async toDay(day: number): Promise<void> {
    const noon = BigInt(day) * DAY + DAY / 2n
    await this.market.chain.increaseTime(Number(noon - (await this.market.chainTime())))
  }

  async call(account: Wallet, functionName: string, args: readonly unknown[]): Promise<void> {
    await this.market.callReservations(account, functionName, args)
  }

  async addSet(owner: Wallet): Promise<void> {
    await this.#verifiers(owner, "addSet", [2, members.map(addressOfKey)])
  }

  async reserve(
    tenant: Wallet,
    node: TestNode,
    name: string,
    signer: string | undefined,
    changes: Partial<ReservationQuote>,
  ): Promise<TestReservation> {
    const quote: ReservationQuote = {
      ...{ node: node.address, tenant: tenant.address.toLowerCase() as Address, class: "nvidia/rtx-4090", gpus: 2 },
      ...{ startDay: (await this.today()) + 1, term: 5, pricePerDay: 1_000_007n, listPricePerDay: 1_500_000n },
      ...{
        collateralBps: 5_001,
        cancelFeeBps: 2_000,
        claimPeriod: 8,
        expires: (await this.market.chainTime()) + DAY,
        nonce: keccakText(name),
      },
      ...changes,
    }
    const wire = { ...quote, nonce: bytesToHex(quote.nonce) }
    const signature = this.market.sign(node.key, "ReservationQuote", wire)
    await this.call(tenant, "reserve", [wire, signer ? addressOfKey(keyOf(signer)) : zeroAddress, ...signature])
    return { id: reservationId(node.address, quote.nonce), node, quote }
  }

  async claim(by: Wallet, { id }: TestReservation, signer: string, firstDay: number, minutes: readonly number[]): Promise<void> {
    const served = bytesToHex(packServed(minutes))
    const signature = this.market.sign(keyOf(signer), "DayClaim", { reservation: id, firstDay, served })
    await this.call(by, "claimDays", [id, firstDay, served, ...signature])
  }

  async nameSigner(holder: Wallet, { id }: TestReservation, signer: string): Promise<void> {
    await this.call(holder, "setSigner", [id, addressOfKey(keyOf(signer))])
  }

  /** By members 0 and 2. */
  async attestDays(by: Wallet, { id }: TestReservation, firstDay: number, count: number): Promise<void> {
    await this.call(by, "attestDays", [id, firstDay, count, 5n, this.#signed("ServedDays", { reservation: id, firstDay, count })])
  }

  async attest(by: Wallet, day: number, root: `0x${string}`): Promise<void> {
    await this.#verifiers(by, "attest", [day, root, 5n, this.#signed("Attestation", { day, root })])
  }

  async cancelAgreed(holder: Wallet, { id, node }: TestReservation, firstDay: number, operatorBps: number): Promise<void> {
    const deadline = (await this.market.chainTime()) + DAY
    const signature = this.market.sign(node.key, "ReservationCancel", { reservation: id, firstDay, operatorBps, deadline })
    await this.call(holder, "cancelAgreed", [id, firstDay, operatorBps, deadline, ...signature])
  }

  /** A tab with a standing order, and a claim of `amount` under it on the node's word alone. */
  async openWithOrder(
    tenant: Wallet,
    signerName: string,
    node: TestNode,
    deposit: bigint,
    order: Record<string, bigint | number>,
  ): Promise<Address> {
    const signer = addressOfKey(keyOf(signerName))
    const consent = this.market.sign(keyOf(signerName), "TabConsent", { tenant: tenant.address, node: node.address })
    await this.market.call(tenant, "openTabWithOrder", [signer, node.address, deposit, order, ...consent])
    return signer
  }

  async claimOrder(by: Wallet, signer: Address, node: TestNode, amount: bigint): Promise<void> {
    const { market } = this.market
    const block = await this.market.chain.client.getBlockNumber()
    const claim = { seq: 1, day: await this.today(), block, advance: amount, terms: [], records: [] }
    const { receipt, opening } = propose(emptyBooks(tabId(market, signer, node.address), node.address), claim)
    const signature = nativeEcdsa.sign(receiptDigest(market, receipt), node.key)
    const records = {
      ...opening,
      treeRoot: bytesToHex(opening.treeRoot),
      previousDayRecordsHash: bytesToHex(opening.previousDayRecordsHash),
    }
    const args = [signer, node.address, receipt.day, receipt.gpuMs, receipt.amount, records, ...halvesOf(signature)]
    await this.market.call(by, "claimStandingOrder", args)
  }

  async #verifiers(account: Wallet, functionName: string, args: readonly unknown[]): Promise<void> {
    await this.market.send(account, this.market.chain.deployment.verifiers, verifiersAbi, functionName, args)
  }

  #signed(struct: "ServedDays" | "Attestation", message: Record<string, unknown>) {
    return [members[0]!, members[2]!].map((key) => {
      const [r, vs] = this.market.sign(key, struct, message)
      return { r, vs }
    })
  }
}
