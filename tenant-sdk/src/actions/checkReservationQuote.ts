import {
  type Address,
  discountBps,
  formatCredits,
  listPricePerDay,
  nobleEcdsa,
  type ReservationCost,
  type ReservationQuote,
  recoverAddress,
  reservationCost,
  reservationQuoteDigest,
  reservationQuoteFault,
} from "@berth/protocol"
import { asChainError } from "../chain/chain-error.ts"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"

/** A node's signed offer to reserve. */
export interface SignedReservationQuote {
  readonly quote: ReservationQuote
  /** The node's EIP-2098 signature over the quote, 64 bytes. */
  readonly signature: Uint8Array
}

/** What a checked quote comes to, in credits. */
export interface CheckedReservationQuote extends SignedReservationQuote {
  readonly cost: ReservationCost
  /** The same GPUs as pay-as-you-go, busy all day: by the price that the node lists on chain, or by its own word where that is lower. */
  readonly payAsYouGoPerDay: bigint
  /** Whether the node lists this class on chain: else that price is its word alone. */
  readonly listed: boolean
  /** How much less a day costs than that, basis points rounded down; 0 when it is not less. */
  readonly discountBps: number
}

/**
 * Checks a quote before money follows it: signed by its node for this tenant, chain and contract, within the contract's bounds, not expired
 * at chain time. `tenant`: the wallet's account by default. Works out how much cheaper it is than pay-as-you-go, by what the node lists for everybody.
 * @throws BerthError `bad_signature`, `quote_mismatch` (another tenant's), `quote_expired`, `malformed` (a field outside of its bounds), `rpc`, `no_wallet`
 *
 * @example
 * const { cost, discountBps } = await checkReservationQuote(client, { quote, signature })
 * console.log(formatCredits(cost.price), `${discountBps / 100} % less than pay-as-you-go`)
 */
export async function checkReservationQuote(
  client: BerthClient,
  options: SignedReservationQuote & { readonly tenant?: Address | undefined },
): Promise<CheckedReservationQuote> {
  const tenant = options.tenant ?? walletOf(client).account.address
  const [now] = await Promise.all([chainTime(client), client.directory.refresh(client.publicClient, client.deployment)])
  return checkQuoteAt(client, { ...options, tenant }, now)
}

/** The same at a chain time (unix seconds) that the caller has read, with a directory that is up to date. */
export function checkQuoteAt(
  client: BerthClient,
  options: SignedReservationQuote & { readonly tenant: Address },
  now: bigint,
): CheckedReservationQuote {
  const { quote, signature } = options
  expectSigned(client, options)
  const fault = reservationQuoteFault(quote, now)
  if (fault === "expires")
    throw new BerthError("quote_expired", `the quote of node ${quote.node} expired at ${isoTime(quote.expires)}`, {
      hint: "ask for a new one: berth reserve",
    })
  if (fault)
    throw new BerthError("malformed", `the quote of node ${quote.node} has a ${fault} that the contract refuses: ${quote[fault]}`, {
      hint: "ask another node",
    })
  const offer = client.directory.get(quote.node)?.offers.find((o) => o.class === quote.class)
  const listed = offer ? listPricePerDay(offer.price, quote.gpus) : quote.listPricePerDay
  const payAsYouGoPerDay = listed < quote.listPricePerDay ? listed : quote.listPricePerDay
  return {
    quote,
    signature,
    cost: reservationCost(quote),
    payAsYouGoPerDay,
    listed: offer !== undefined,
    discountBps: discountBps(payAsYouGoPerDay, quote.pricePerDay),
  }
}

/** Who signed it and for whom; throws when it is not its node for this tenant. */
export function expectSigned(client: BerthClient, options: SignedReservationQuote & { readonly tenant: Address }): void {
  const { quote, signature, tenant } = options
  if (recoverAddress(nobleEcdsa, reservationQuoteDigest(client.market, quote), signature) !== quote.node.toLowerCase())
    throw new BerthError("bad_signature", `the quote is not signed by node ${quote.node} for this market`, {
      hint: "ask the node again, and check that --deployment names its market",
    })
  if (quote.tenant.toLowerCase() !== tenant.toLowerCase())
    throw new BerthError("quote_mismatch", `the quote is for ${quote.tenant}, and this is ${tenant}`, { hint: "ask for one of your own" })
}

/** Whether a day costs less than the same GPUs as pay-as-you-go, used all day. */
export function isCheaper({ quote, payAsYouGoPerDay }: Pick<CheckedReservationQuote, "quote" | "payAsYouGoPerDay">): boolean {
  return quote.pricePerDay < payAsYouGoPerDay
}

/** Refuses a reservation that costs no less than the same GPUs would as pay-as-you-go used all day: nothing would be had for paying ahead. */
export function expectCheaper(offer: CheckedReservationQuote): void {
  if (isCheaper(offer)) return
  const { quote, payAsYouGoPerDay } = offer
  throw new BerthError(
    "quote_mismatch",
    `node ${quote.node} asks ${formatCredits(quote.pricePerDay)} a day, which is not less than ${formatCredits(payAsYouGoPerDay)}, its pay-as-you-go used all day`,
    { hint: "use a tab instead: berth run; or say that it need not be cheaper (evenIfDearer, --even-if-dearer)" },
  )
}

/** The newest block's time, unix seconds. */
export async function chainTime(client: BerthClient): Promise<bigint> {
  try {
    return (await client.publicClient.getBlock({ includeTransactions: false })).timestamp
  } catch (error) {
    throw asChainError(error, "reading the newest block")
  }
}

function isoTime(seconds: bigint): string {
  return new Date(Number(seconds) * 1_000).toISOString()
}
