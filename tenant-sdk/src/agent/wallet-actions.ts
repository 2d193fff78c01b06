import type { addVerifierSet } from "../actions/addVerifierSet.ts"
import type { askRefund } from "../actions/askRefund.ts"
import type { attest } from "../actions/attest.ts"
import type { attestation } from "../actions/attestation.ts"
import type { attestDays } from "../actions/attestDays.ts"
import type { cancelReservation } from "../actions/cancelReservation.ts"
import type { checkQuorum } from "../actions/checkQuorum.ts"
import type { checkReservationQuote } from "../actions/checkReservationQuote.ts"
import type { claimDays } from "../actions/claimDays.ts"
import type { claimStandingOrder } from "../actions/claimStandingOrder.ts"
import type { claimUnsignedDays } from "../actions/claimUnsignedDays.ts"
import type { collectQuorum } from "../actions/collectQuorum.ts"
import type { controls } from "../actions/controls.ts"
import type { finishClose } from "../actions/finishClose.ts"
import type { finishUnstake } from "../actions/finishUnstake.ts"
import type { isAttested } from "../actions/isAttested.ts"
import type { lapseDays } from "../actions/lapseDays.ts"
import type { requestClose } from "../actions/requestClose.ts"
import type { requestUnstake } from "../actions/requestUnstake.ts"
import type { reservation } from "../actions/reservation.ts"
import type { reservations } from "../actions/reservations.ts"
import type { retireNode } from "../actions/retireNode.ts"
import type { setFee } from "../actions/setFee.ts"
import type { setLockable } from "../actions/setLockable.ts"
import type { setPaused } from "../actions/setPaused.ts"
import type { setReservationSigner } from "../actions/setReservationSigner.ts"
import type { settle } from "../actions/settle.ts"
import type { signAttestation } from "../actions/signAttestation.ts"
import type { signServedDays } from "../actions/signServedDays.ts"
import type { stakeOf } from "../actions/stakeOf.ts"
import type { takeRefund } from "../actions/takeRefund.ts"
import type { transferReservation } from "../actions/transferReservation.ts"
import type { verifierSet } from "../actions/verifierSet.ts"
import type { withdrawFees } from "../actions/withdrawFees.ts"

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
  readonly stakeOf: typeof stakeOf
  readonly takeRefund: typeof takeRefund
  readonly transferReservation: typeof transferReservation
  readonly addVerifierSet: typeof addVerifierSet
  readonly attest: typeof attest
  readonly attestDays: typeof attestDays
  readonly attestation: typeof attestation
  readonly checkQuorum: typeof checkQuorum
  readonly claimStandingOrder: typeof claimStandingOrder
  readonly collectQuorum: typeof collectQuorum
  readonly controls: typeof controls
  readonly isAttested: typeof isAttested
  readonly retireNode: typeof retireNode
  readonly setFee: typeof setFee
  readonly setPaused: typeof setPaused
  readonly settle: typeof settle
  readonly signAttestation: typeof signAttestation
  readonly signServedDays: typeof signServedDays
  readonly verifierSet: typeof verifierSet
  readonly withdrawFees: typeof withdrawFees
  /** By signer and node: of a tab that this agent need not know, unlike `closeTab` and `finishClose`. */
  readonly requestTabClose: typeof requestClose
  readonly finishTabClose: typeof finishClose
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
  stakeOf: 0,
  takeRefund: 0,
  transferReservation: 0,
  addVerifierSet: 0,
  attest: 0,
  attestDays: 0,
  attestation: 0,
  checkQuorum: 0,
  claimStandingOrder: 0,
  collectQuorum: 0,
  controls: 0,
  isAttested: 0,
  retireNode: 0,
  setFee: 0,
  setPaused: 0,
  settle: 0,
  signAttestation: 0,
  signServedDays: 0,
  verifierSet: 0,
  withdrawFees: 0,
  requestTabClose: 0,
  finishTabClose: 0,
} satisfies Record<keyof Actions, 0>) as readonly (keyof Actions)[]
