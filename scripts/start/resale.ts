import { formatCredits } from "@berth/protocol"
import { testUsdAbi } from "@berth/protocol/abi"
import { setReservationSigner } from "@berth/sdk"
import type { Address } from "viem"
import { devAccount } from "../local-chain/index.ts"
import { check } from "./check.ts"
import { type Reservation, type Stage, until } from "./reservation-stage.ts"
import { clientOf } from "./stakes.ts"

/** Of the price of the days to come, what a buyer pays for them second-hand. */
const SECOND_HAND_PERCENT = 90n

/**
 * Sold from hand to hand: paid first, in dollars, then handed over by a plain transfer, and the buyer has to trust the seller in between. On
 * a marketplace both are one transaction: contracts/test/traps-resale.test.ts sells on Seaport.
 */
export async function resell({ market, agent, screen, id, reservation }: Stage): Promise<void> {
  const buyer = devAccount(9)
  const before = await until("yesterday is resolved", reservation, (r) => r.days.every((d) => d.state !== "open"))
  const price = secondHandPrice(before)
  await pay(market, buyer, before.holder as Address, price)
  screen.say(
    `a buyer pays ${formatCredits(price)} in TestUSD: ${SECOND_HAND_PERCENT} % of what the days to come cost, and what the token is owed;`,
  )
  await agent.transferReservation({ id, to: buyer.address })
  // The buyer's agent would give this key; here the buyer signs for its days itself.
  const { fromDay } = await setReservationSigner(clientOf(market.chain, buyer), { id, signer: buyer.address })
  const { holder, startDay, term, nextSigner, owed } = await reservation()
  check(holder === buyer.address.toLowerCase() && nextSigner === buyer.address.toLowerCase(), `the holder is ${holder}`)
  screen.say(
    `then the seller hands it over (from hand to hand; a marketplace does both in one transaction). It is sold to ${holder.slice(0, 10)}:`,
  )
  screen.say(
    `its agent signs from day ${fromDay - startDay + 1} of ${term} on, the seller's until then; the ${formatCredits(owed)} owed went along`,
  )
}

function secondHandPrice({ days, pricePerDay, owed }: Reservation): bigint {
  const ahead = BigInt(days.filter((d) => d.state === "upcoming").length)
  return (pricePerDay * ahead * SECOND_HAND_PERCENT) / 100n + owed
}

/** A transfer of the reserve from the buyer's wallet to the seller's, and what it did to both. */
async function pay({ chain }: Stage["market"], buyer: ReturnType<typeof devAccount>, seller: Address, price: bigint): Promise<void> {
  await chain.fund(buyer.address, { usd: price })
  const usd = { address: chain.deployment.reserve, abi: testUsdAbi } as const
  const balances = () =>
    Promise.all(
      [buyer.address, seller].map((account) => chain.client.readContract({ ...usd, functionName: "balanceOf", args: [account] })),
    ) as Promise<[bigint, bigint]>
  const [hasBuyer, hasSeller] = await balances()
  const hash = await chain.client.writeContract({ ...usd, account: buyer, functionName: "transfer", args: [seller, price] })
  const { status } = await chain.client.waitForTransactionReceipt({ hash })
  check(status === "success", "the buyer's payment failed")
  const [leftBuyer, nowSeller] = await balances()
  check(price > 0n && hasBuyer - leftBuyer === price, `the buyer paid ${hasBuyer - leftBuyer}, the price is ${price}`)
  check(nowSeller - hasSeller === price, `the seller got ${nowSeller - hasSeller}, the price is ${price}`)
}
