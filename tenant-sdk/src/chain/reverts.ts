import { formatCredits, reservationName } from "@berth/protocol"
import { type Hex, hexToString } from "viem"
import type { BerthErrorCode } from "../errors.ts"
import { REVERTS_OF_OWNERS } from "./reverts-of-owners.ts"

/** What a revert means for a person, what to do next, and the code to act on (`reverted` when there is none). */
export type Meaning = [message: string, hint?: string | undefined, code?: BerthErrorCode]

const usd = (amount: unknown) => formatCredits(amount as bigint)
const date = (day: unknown) => new Date(Number(day) * 86_400_000).toISOString().slice(0, 10)
const time = (seconds: unknown) => new Date(Number(seconds) * 1_000).toISOString()
const id = (value: unknown) => reservationName(value as bigint)

/** What a revert of ours means, by the contract's error name. */
export const REVERTS: Record<string, (args: readonly unknown[]) => Meaning> = {
  ...REVERTS_OF_OWNERS,
  InsufficientCredits: ([account, available, needed]) => [
    `${account} has ${usd(available)} in credits; this needs ${usd(needed)}`,
    `${formatCredits((needed as bigint) - (available as bigint))} are missing: berth account deposit, or berth close frees what lies in tabs`,
    "insufficient_credits",
  ],
  NodeNotRegistered: ([node]) => [`node ${node} is not registered`, "choose another: berth quote lists those that are"],
  NodeIsRetired: ([node]) => [`node ${node} is retired and takes no new tab or reservation`, "choose another: berth quote"],
  NotSignedByNode: ([node]) => [`that is not signed by node ${node}`, "ask the node again", "bad_signature"],
  NotOperator: ([node, caller]) => [`${caller} is not the operator of node ${node}`, "use the wallet that registered it: --profile NAME"],
  ZeroAmount: () => ["the amount is zero", "name one above it"],
  TabExists: ([signer, node]) => [`the tab of signer ${signer} with node ${node} was opened before`, "use a fresh signer"],
  TabNotOpen: ([signer, node]) => [`the tab of signer ${signer} with node ${node} is not open`],
  NotTenant: ([signer, node, caller]) => [
    `${caller} did not open the tab of signer ${signer} with node ${node}`,
    "use the wallet that did: --profile NAME",
  ],
  NotSignedBySigner: ([signer]) => [`that is not signed by ${signer}, the signer of the tab`, undefined, "bad_signature"],
  ZeroSigner: () => ["the tab's signer is the zero address, which nobody can sign for", "name another"],
  DepositTooLarge: ([deposit]) => [`a tab of ${usd(deposit)} is more than a tab can hold`],
  CloseBelowSpent: ([amount, spent]) => [
    `the node agreed to ${usd(amount)} in all, yet ${usd(spent)} are paid already`,
    "ask the node again: its word is from before that work",
  ],
  BadRecipient: ([recipient]) => [`what is sent to ${recipient} would be lost`, "name another"],
  MalformedBatch: ([offset]) => [`the batch of receipts ends inside a group, at byte ${offset}`],
  TabIsClosing: () => ["the tab is closing and takes no top-up", "open another"],
  ChallengePeriodRunning: ([closesAt]) => [
    `the challenge period runs until ${time(closesAt)}`,
    "finish the close after that, or close by agreement with the node",
  ],
  CloseNotRequested: () => ["no close was requested for this tab", "request it first: berth close --timed"],
  SignatureExpired: () => ["the signature's deadline has passed", "ask the node again"],
  IsPaused: () => [
    "new deposits, tabs and reservations are paused by the contract's owner",
    "withdrawals, running tabs and reservations are not: try later",
  ],
  SafeERC20FailedOperation: ([token]) => [`the reserve stablecoin ${token} refused the transfer`, "its issuer may have frozen an account"],
  ERC20InsufficientBalance: ([account, balance, needed]) => [
    `${account} holds ${usd(balance)} of the reserve stablecoin; this needs ${usd(needed)}`,
    undefined,
    "insufficient_reserve",
  ],

  EmptyStandingOrder: () => ["the standing order allows nothing", "give a base or a cap and rate, and an end that is still to come"],
  NoStandingOrder: ([signer, node]) => [
    `the tab of signer ${signer} with node ${node} has no standing order`,
    "it is given when the tab opens",
  ],
  NothingToClaim: ([allowed, amount, spent]) => [
    `the claim pays nothing: ${usd(spent)} are paid, the order allows ${usd(allowed)}, the receipt asks ${usd(amount)}`,
    "wait until the order allows more",
  ],

  QuoteExpired: ([expires]) => [`the quote expired at ${time(expires)}`, "ask for a new one: berth reserve", "quote_expired"],
  NotQuotedTo: ([tenant, caller]) => [`the quote is for ${tenant}, and this is ${caller}`, "ask for one of your own", "quote_mismatch"],
  QuoteUsed: ([node]) => [`the GPUs of this quote of node ${node} are taken`, "ask for quotes again", "no_capacity"],
  BadQuote: ([field, value]) => [
    `the contract refuses the ${hexToString(field as Hex).replaceAll("\0", "")} ${value}`,
    "ask for another quote",
    "malformed",
  ],
  UnknownReservation: ([reservation]) => [`there is no reservation ${id(reservation)}`, "berth reservations lists yours", "no_reservation"],
  NotHolder: ([reservation, caller]) => [
    `${caller} does not own reservation ${id(reservation)}`,
    "only its token's owner may do this: berth reservations lists yours",
  ],
  ERC721IncorrectOwner: ([sender, reservation]) => [
    `${sender} does not own reservation ${id(reservation)}`,
    "berth reservations lists yours",
  ],
  ERC721InsufficientApproval: ([caller, reservation]) => [
    `${caller} does not own reservation ${id(reservation)}`,
    "berth reservations lists yours",
  ],
  ERC721NonexistentToken: ([reservation]) => [
    `reservation ${id(reservation)} has no token: it was never made, or is cancelled`,
    "berth reservations lists yours",
    "no_reservation",
  ],
  ERC721InvalidReceiver: ([receiver]) => [
    `${receiver} is a contract that can't hold a reservation`,
    "name a wallet or a contract that can",
  ],
  NoDays: () => ["the claim has no days", "name at least one"],
  TooManyDays: ([count, max]) => [`${count} days are too many for one claim`, `claim at most ${max} at once`],
  DayOutsideTerm: ([day]) => [`${date(day)} is no day of this reservation`, "claim days of its term only"],
  DayNotOver: ([day]) => [`${date(day)} is not over`, "claim it after midnight UTC"],
  MalformedMinutes: ([length]) => [`${length} bytes of minutes are not two a day`],
  TooManyMinutes: ([day, served]) => [`${served} minutes for ${date(day)}: a day has 1440`],
  SignerChanges: ([day]) => [`another signer is in force from ${date(day)} on`, "claim the days before and after it apart"],
  NotSignedByDaySigner: ([signer]) => [
    `the days are not signed by ${signer}, who signs for them`,
    "ask the holder's agent again",
    "bad_signature",
  ],
  SignerNamed: ([day, signer]) => [`${signer} signs for ${date(day)}: it is not paid unsigned`, "claim it with that signature"],
  NothingToResolve: ([reservation]) => [
    `every one of these days of reservation ${id(reservation)} is resolved, or claimed with 0 minutes`,
    "nothing is left to do: a day of 0 minutes is not claimed, and lapses at its deadline",
  ],
  DayBegun: ([day]) => [`${date(day)} has begun: only days to come can be cancelled`, "agree on a later day"],
  NothingToCancel: ([day]) => [`no day is left from ${date(day)} on`, "nothing is left to do"],
  NothingOwed: ([reservation]) => [`nothing lies in the token of reservation ${id(reservation)}`, "nothing is left to do"],
  RefundNotAsked: ([reservation]) => [
    `the refund of reservation ${id(reservation)} has not been asked for`,
    "ask first, and take it 24 hours later: berth reservations refund",
  ],
  RefundNotYet: ([availableAt]) => [`the refund can be taken from ${time(availableAt)} on`, "so that nobody takes it away from a buyer"],

  NoVerifierSet: ([reservation]) => [`reservation ${id(reservation)} has no verifiers: there was no set when it was made`],
  TooEarlyForQuorum: ([day, from]) => [
    `verifiers may attest ${date(day)} from ${time(from)} on`,
    "the holder's word comes first: wait for it until then",
  ],
  QuorumRunTooLong: ([day]) => [`with ${date(day)} verifiers would have paid more than 3 days running`, "attest fewer days"],
  UnknownSet: ([set]) => [`there is no verifier set ${set}`],
  NoQuorum: ([set, signatures, needed]) =>
    needed === 0n
      ? [`verifier set ${set} has no members: it can attest nothing`]
      : [`${signatures} of set ${set} signed; ${needed} must`, "collect more signatures"],
  BadMemberBitmap: ([members, signatures]) => [
    `the bitmap of members ${members} and ${signatures} signatures do not fit together`,
    "one bit a signature, lowest first: collectQuorum makes both",
  ],
  IndexOutsideTree: ([index, depth]) => [`leaf ${index} is outside of a tree of height ${depth}`, "check index and proof"],
  NotSignedByMember: ([index, member]) => [`signature ${index} is not of member ${member}`, "ask that member again", "bad_signature"],
  DayNotAttestable: ([day]) => [`${date(day)} can't be attested: it is not over, or too long ago`],
  AlreadyAttested: ([day, root]) => [`a root, ${root}, is attested for ${date(day)}`, "a day has one root for ever"],

  InsufficientStake: ([available, needed]) => [
    `${usd(available)} of stake are free for this; it needs ${usd(needed)}`,
    "operator: berth stake deposit, berth stake lockable; tenant: choose another node, or a shorter term",
    "insufficient_stake",
  ],
  StakeTooLarge: ([stake]) => [`a stake of ${usd(stake)} is more than can be kept`],
  NothingUnbonding: () => ["no stake is unbonding", "ask for it first: berth stake unstake"],
  StillUnbonding: ([unbondsAt]) => [`the stake unbonds until ${time(unbondsAt)}`, "take it after that: berth stake finish"],
}
