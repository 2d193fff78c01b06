import { askRefund } from "../actions/askRefund.ts"
import { cancelReservation } from "../actions/cancelReservation.ts"
import { checkReservationQuote } from "../actions/checkReservationQuote.ts"
import { claimDays } from "../actions/claimDays.ts"
import { claimUnsignedDays } from "../actions/claimUnsignedDays.ts"
import { finishUnstake } from "../actions/finishUnstake.ts"
import { lapseDays } from "../actions/lapseDays.ts"
import { requestUnstake } from "../actions/requestUnstake.ts"
import { reservation } from "../actions/reservation.ts"
import { reservations } from "../actions/reservations.ts"
import { setLockable } from "../actions/setLockable.ts"
import { setReservationSigner } from "../actions/setReservationSigner.ts"
import { stake } from "../actions/stake.ts"
import { stakeOf } from "../actions/stakeOf.ts"
import { takeRefund } from "../actions/takeRefund.ts"
import { transferReservation } from "../actions/transferReservation.ts"
import type { BerthClient } from "../client.ts"
import type { WalletActions } from "./wallet-actions.ts"

/** The wallet actions with this client's wallet. */
export function bindWalletActions(client: BerthClient): WalletActions {
  return {
    askRefund: (options) => askRefund(client, options),
    cancelReservation: (options) => cancelReservation(client, options),
    checkReservationQuote: (options) => checkReservationQuote(client, options),
    claimDays: (options) => claimDays(client, options),
    claimUnsignedDays: (options) => claimUnsignedDays(client, options),
    finishUnstake: () => finishUnstake(client),
    lapseDays: (options) => lapseDays(client, options),
    requestUnstake: (options) => requestUnstake(client, options),
    reservation: (options) => reservation(client, options),
    heldReservations: (options) => reservations(client, options),
    setLockable: (options) => setLockable(client, options),
    setReservationSigner: (options) => setReservationSigner(client, options),
    stake: (options) => stake(client, options),
    stakeOf: (options) => stakeOf(client, options),
    takeRefund: (options) => takeRefund(client, options),
    transferReservation: (options) => transferReservation(client, options),
  }
}
