import type { askRefund } from "../actions/askRefund.ts"
import type { cancelReservation } from "../actions/cancelReservation.ts"
import type { checkReservationQuote } from "../actions/checkReservationQuote.ts"
import type { claimDays } from "../actions/claimDays.ts"
import type { claimUnsignedDays } from "../actions/claimUnsignedDays.ts"
import type { finishUnstake } from "../actions/finishUnstake.ts"
import type { lapseDays } from "../actions/lapseDays.ts"
import type { requestUnstake } from "../actions/requestUnstake.ts"
import type { reservation } from "../actions/reservation.ts"
import type { reservations } from "../actions/reservations.ts"
import type { setLockable } from "../actions/setLockable.ts"
import type { setReservationSigner } from "../actions/setReservationSigner.ts"
import type { stake } from "../actions/stake.ts"
import type { stakeOf } from "../actions/stakeOf.ts"
import type { takeRefund } from "../actions/takeRefund.ts"
import type { transferReservation } from "../actions/transferReservation.ts"

/** Actions that an agent does with its own wallet, for callers that don't hold the key: `berth` on the command line. */
interface Actions {
  readonly askRefund: typeof askRefund
  readonly cancelReservation: typeof cancelReservation
  readonly checkReservationQuote: typeof checkReservationQuote
  readonly claimDays: typeof claimDays
  readonly claimUnsignedDays: typeof claimUnsignedDays
  readonly finishUnstake: typeof finishUnstake
  readonly lapseDays: typeof lapseDays
  readonly requestUnstake: typeof requestUnstake
  readonly reservation: typeof reservation
  /** Not `reservations`, which are those that the agent signs for. */
  readonly heldReservations: typeof reservations
  readonly setLockable: typeof setLockable
  readonly setReservationSigner: typeof setReservationSigner
  readonly stake: typeof stake
  readonly stakeOf: typeof stakeOf
  readonly takeRefund: typeof takeRefund
  readonly transferReservation: typeof transferReservation
}

/** The same without the client. */
export type WalletActions = {
  readonly [name in keyof Actions]: Actions[name] extends (client: never, ...rest: infer rest) => infer result
    ? (...rest: rest) => result
    : never
}

/** Their names, for whoever passes calls on: no action is loaded for them. */
export const WALLET_ACTIONS = Object.keys({
  askRefund: 0,
  cancelReservation: 0,
  checkReservationQuote: 0,
  claimDays: 0,
  claimUnsignedDays: 0,
  finishUnstake: 0,
  lapseDays: 0,
  requestUnstake: 0,
  reservation: 0,
  heldReservations: 0,
  setLockable: 0,
  setReservationSigner: 0,
  stake: 0,
  stakeOf: 0,
  takeRefund: 0,
  transferReservation: 0,
} satisfies Record<keyof Actions, 0>) as readonly (keyof Actions)[]
