// Reservations on a real chain without a node that runs: its words and the signer's are signed here.
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type Address,
  addressOfKey,
  collateralPerDay,
  dayClaimDigest,
  dayOf,
  keccakText,
  nobleEcdsa,
  packServed,
  type ReservationQuote,
  reservationQuoteDigest,
} from "@berth/protocol"
import { expect } from "chai"
import { custom, http } from "viem"
import { type LocalChain, startLocalChain } from "../../scripts/local-chain/index.ts"
import {
  type BerthClient,
  BerthError,
  type BerthErrorCode,
  balance,
  createBerthClient,
  type Reservation,
  reservation,
  reserve,
  setLockable,
  stake,
} from "../../tenant-sdk/src/index.ts"
import { TestMarket, type TestNode } from "./market.ts"

const DAY = 86_400
/** $0.36 an hour. */
const HOURLY = 360_000n
/** Of two units, used all day. */
export const LISTED = HOURLY * 24n * 2n
export const PRICE = 13_000_001n
export const COLLATERAL = collateralPerDay(PRICE, 1_000)

const signerKey = keccakText("the holder's signer")
export const signer = addressOfKey(signerKey)

/** A market with one node, its operator, a tenant and a buyer, each with $5,000 of credits. Its first day is at noon. */
export class ReservationWorld {
  readonly chain: LocalChain
  readonly market: TestMarket
  readonly node: TestNode
  readonly operator: BerthClient
  readonly tenant: BerthClient
  readonly buyer: BerthClient
  #quotes = 0

  private constructor(chain: LocalChain, market: TestMarket, node: TestNode) {
    this.chain = chain
    this.market = market
    this.node = node
    this.operator = this.client(1)
    this.tenant = this.client(2)
    this.buyer = this.client(3)
  }

  /** With `lockable` credits of stake that the node may lock, and a tenth of it free. */
  static async start(lockable = 900_000_000n): Promise<ReservationWorld> {
    const chain = await startLocalChain({ stateDir: mkdtempSync(join(tmpdir(), "berth-chain-")), blockTimeMs: 0 })
    const market = new TestMarket(chain)
    const discounts = [{ term: 7, bps: 2_500 }]
    const node = await market.registerNode("node", market.account(1), {
      offers: [{ class: "cpu/x86-64", count: 4, vramMiB: 0, price: HOURLY, discounts }],
    })
    for (const index of [1, 2, 3]) await market.deposit(market.account(index), 5_000_000_000n)
    const world = new ReservationWorld(chain, market, node)
    if (lockable > 0n) {
      await stake(world.operator, { amount: lockable + lockable / 10n })
      await setLockable(world.operator, { node: node.address, amount: lockable })
    }
    await world.pass(1)
    return world
  }

  /** A client with a development account's wallet. */
  client(index: number): BerthClient {
    const deployment = { ...this.chain.deployment, startBlock: BigInt(this.chain.deployment.startBlock) }
    return createBerthClient({ deployment, transport: http(this.chain.rpcUrl), account: this.market.account(index), pollingInterval: 50 })
  }

  /** The same on a line on which somebody else's transactions come before its own: `first` is over when they go out. */
  clientThrough(index: number, first: () => Promise<void>): BerthClient {
    const deployment = { ...this.chain.deployment, startBlock: BigInt(this.chain.deployment.startBlock) }
    const line = http(this.chain.rpcUrl)({})
    let overtaken: Promise<void> | undefined
    const request = async (call: { method: string; params?: unknown }) => {
      if (call.method === "eth_sendRawTransaction") {
        overtaken ??= first()
        await overtaken
      }
      return line.request(call as never)
    }
    return createBerthClient({ deployment, transport: custom({ request }), account: this.market.account(index), pollingInterval: 50 })
  }

  stop(): Promise<void> {
    return this.chain.stop()
  }

  async today(): Promise<number> {
    return dayOf(await this.market.chainTime())
  }

  /** To noon of the UTC day `days` ahead. */
  async pass(days: number): Promise<void> {
    const now = Number(await this.market.chainTime())
    await this.chain.increaseTime((Math.floor(now / DAY) + days) * DAY + DAY / 2 - now)
  }

  /** Two vCPUs for ten days from today on, as the node would sign it. */
  async quoted(change: Partial<ReservationQuote> = {}, key = this.node.key) {
    const quote: ReservationQuote = {
      node: this.node.address,
      tenant: addressIn(this.tenant),
      class: "cpu/x86-64",
      gpus: 2,
      startDay: await this.today(),
      term: 10,
      pricePerDay: PRICE,
      listPricePerDay: LISTED,
      collateralBps: 1_000,
      cancelFeeBps: 2_500,
      claimPeriod: 8,
      expires: (await this.market.chainTime()) + 3_600n,
      nonce: keccakText(`quote ${++this.#quotes}`),
      ...change,
    }
    return { quote, signature: nobleEcdsa.sign(reservationQuoteDigest(this.market.market, quote), key) }
  }

  async made(change: Partial<ReservationQuote> = {}, by: Address | "nobody" = signer): Promise<Reservation> {
    const { id } = await reserve(this.tenant, { ...(await this.quoted(change)), signer: by === "nobody" ? undefined : by })
    return reservation(this.tenant, { id })
  }

  /** A run of days with the signer's signature, as `claimDays` takes it. */
  signed(id: bigint, firstDay: number, served: readonly number[], key = signerKey) {
    const digest = dayClaimDigest(this.market.market, { reservation: id, firstDay, served: packServed(served) })
    return { id, firstDay, served, signature: nobleEcdsa.sign(digest, key) }
  }
}

export function addressIn(client: BerthClient): Address {
  return client.wallet!.account.address.toLowerCase() as Address
}

export async function free(client: BerthClient): Promise<bigint> {
  return (await balance(client)).available
}

export async function expectError(action: Promise<unknown>, code: BerthErrorCode, text = ""): Promise<void> {
  const error = await action.then(
    () => undefined,
    (e: unknown) => e,
  )
  expect(error, `nothing was thrown, ${code} was expected`).instanceOf(BerthError)
  expect([(error as BerthError).code, (error as BerthError).message].join(": ")).match(new RegExp(`^${code}: .*${text}`))
}
