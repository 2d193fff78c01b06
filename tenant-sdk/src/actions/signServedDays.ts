import { servedDaysDigest } from "@berth/protocol"
import type { VerifierSignature } from "../chain/quorum.ts"
import { signAsMember } from "../chain/sign-as-member.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { reservation } from "./reservation.ts"
import { setOf } from "./verifierSet.ts"

/** A run of days of a reservation that a verifier says were served. */
export interface SignServedDaysOptions {
  readonly id: bigint
  /** UTC day of the first. */
  readonly firstDay: number
  /** 1 to 3: a quorum pays no more running. */
  readonly count: number
}

/** Days running that a quorum can pay. */
const RUN_LIMIT = 3

/**
 * Signs, as one of a reservation's verifiers, that days were served: the node was reachable and passed each day's proof. The wallet's own word,
 * EIP-712; a quorum of them is what `attestDays` takes, as often as it takes: no three days can be posted on one.
 * @throws BerthError `usage` (the wallet is no member, no verifiers, days that can't be attested), `bad_signature` (a smart account),
 * `no_reservation`, `rpc`, `no_wallet`
 *
 * @example
 * const signature = await signServedDays(client, { id, firstDay, count: 1 })
 */
export async function signServedDays(client: BerthClient, options: SignServedDaysOptions): Promise<VerifierSignature> {
  const { id, firstDay, count } = options
  if (!Number.isInteger(count) || count < 1 || count > RUN_LIMIT)
    throw new BerthError("usage", `verifiers attest 1 to ${RUN_LIMIT} days running, not ${count}`)
  const message = { reservation: id, firstDay, count }
  const { startDay, endDay, days } = await reservation(client, { id })
  if (firstDay < startDay || firstDay + count > endDay)
    throw new BerthError("usage", `day ${firstDay}${count > 1 ? ` to ${firstDay + count - 1}` : ""} is no part of the reservation`, {
      hint: `its days are ${startDay} to ${endDay - 1}, counted from 1970-01-01`,
    })
  const last = days[firstDay + count - 1 - startDay]!
  if (last.state === "upcoming" || last.state === "running")
    throw new BerthError("usage", `day ${last.day} is not over: nobody can say yet that it was served`, {
      hint: "sign it after midnight UTC",
    })
  const set = await setOf(client, message)
  return signAsMember(client, { set, struct: "ServedDays", message, digest: servedDaysDigest(client.market, message) })
}
