import { addVerifierSet } from "../actions/addVerifierSet.ts"
import { askRefund } from "../actions/askRefund.ts"
import { attest } from "../actions/attest.ts"
import { attestation } from "../actions/attestation.ts"
import { attestDays } from "../actions/attestDays.ts"
import { cancelReservation } from "../actions/cancelReservation.ts"
import { checkQuorum } from "../actions/checkQuorum.ts"
import { checkReservationQuote } from "../actions/checkReservationQuote.ts"
import { claimDays } from "../actions/claimDays.ts"
import { claimStandingOrder } from "../actions/claimStandingOrder.ts"
import { claimUnsignedDays } from "../actions/claimUnsignedDays.ts"
import { collectQuorum } from "../actions/collectQuorum.ts"
import { controls } from "../actions/controls.ts"
import { finishClose } from "../actions/finishClose.ts"
import { finishUnstake } from "../actions/finishUnstake.ts"
import { isAttested } from "../actions/isAttested.ts"
import { lapseDays } from "../actions/lapseDays.ts"
import { requestClose } from "../actions/requestClose.ts"
import { requestUnstake } from "../actions/requestUnstake.ts"
import { reservation } from "../actions/reservation.ts"
import { reservations } from "../actions/reservations.ts"
import { retireNode } from "../actions/retireNode.ts"
import { setFee } from "../actions/setFee.ts"
import { setLockable } from "../actions/setLockable.ts"
import { setPaused } from "../actions/setPaused.ts"
import { setReservationSigner } from "../actions/setReservationSigner.ts"
import { settle } from "../actions/settle.ts"
import { signAttestation } from "../actions/signAttestation.ts"
import { signServedDays } from "../actions/signServedDays.ts"
import { stakeOf } from "../actions/stakeOf.ts"
import { takeRefund } from "../actions/takeRefund.ts"
import { transferReservation } from "../actions/transferReservation.ts"
import { verifierSet } from "../actions/verifierSet.ts"
import { withdrawFees } from "../actions/withdrawFees.ts"
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
    stakeOf: (options) => stakeOf(client, options),
    takeRefund: (options) => takeRefund(client, options),
    transferReservation: (options) => transferReservation(client, options),
    addVerifierSet: (options) => addVerifierSet(client, options),
    attest: (options) => attest(client, options),
    attestDays: (options) => attestDays(client, options),
    attestation: (options) => attestation(client, options),
    checkQuorum: (options) => checkQuorum(client, options),
    claimStandingOrder: (options) => claimStandingOrder(client, options),
    collectQuorum: (options) => collectQuorum(client, options),
    controls: () => controls(client),
    isAttested: (options) => isAttested(client, options),
    retireNode: (options) => retireNode(client, options),
    setFee: (options) => setFee(client, options),
    setPaused: (options) => setPaused(client, options),
    settle: (options) => settle(client, options),
    signAttestation: (options) => signAttestation(client, options),
    signServedDays: (options) => signServedDays(client, options),
    verifierSet: (options) => verifierSet(client, options),
    withdrawFees: (options) => withdrawFees(client, options),
    requestTabClose: (options) => requestClose(client, options),
    finishTabClose: (options) => finishClose(client, options),
  }
}
