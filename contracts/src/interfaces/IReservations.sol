// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IStakes} from "./IStakes.sol";
import {Signature} from "./IVerifiers.sol";

/// @notice What a node signs (EIP-712, the core's domain), and what the tenant takes by calling `reserve` with it.
/// @param node whose GPUs
/// @param tenant who alone may use the quote
/// @param class GPU class, 1 to 64 bytes
/// @param gpus how many devices
/// @param startDay first UTC day (unix seconds / 86,400): today or later, at most 90 days ahead
/// @param term days, 1 to 366
/// @param pricePerDay for all `gpus`, credits
/// @param listPricePerDay what the same would cost as pay-as-you-go used all day, credits; shows the discount, decides nothing
/// @param collateralBps collateral of a day, in basis points of its price, at most 10,000; each day's is rounded down
/// @param cancelFeeBps what the operator gets of the days left if the holder cancels alone, basis points
/// @param claimPeriod days after a day's end in which it can be claimed: 8 (usual) to 38 (a month at a time)
/// @param expires unix seconds
/// @param nonce of the node. Quotes with the same nonce compete for the same GPUs: one makes a reservation
struct ReservationQuote {
    address node;
    address tenant;
    string class;
    uint16 gpus;
    uint32 startDay;
    uint16 term;
    uint64 pricePerDay;
    uint64 listPricePerDay;
    uint16 collateralBps;
    uint16 cancelFeeBps;
    uint8 claimPeriod;
    uint64 expires;
    bytes32 nonce;
}

/// @notice A reservation as it is now: days past their deadline are counted as lapsed whether or not anybody has posted that.
/// @param node whose GPUs; zero if there is no such reservation
/// @param holder owner of the token; after a cancel, who cancelled
/// @param class GPU class
/// @param gpus devices
/// @param startDay first UTC day
/// @param term days bought
/// @param endDay first UTC day that is not part of it any more: startDay + term, or earlier after a cancel or an early end
/// @param pricePerDay credits
/// @param collateralPerDay credits
/// @param cancelFeeBps basis points
/// @param feeBps protocol fee of what the operator gets, fixed when it was made
/// @param claimPeriod days
/// @param verifierSet whose quorum may attest days; 0: none
/// @param openDay every day before it is resolved: paid, or gone back to the holder
/// @param resolved bitmap of days from `openDay` on that are resolved (lowest bit = `openDay`)
/// @param earned paid to the operator so far, fee included
/// @param owed refunds and penalties that lie in the token for its owner
/// @param refundAskedAt unix seconds; 0 if the owner has not asked for them
/// @param cancelled whether the token is burnt
struct ReservationView {
    address node;
    address holder;
    string class;
    uint16 gpus;
    uint32 startDay;
    uint16 term;
    uint32 endDay;
    uint64 pricePerDay;
    uint64 collateralPerDay;
    uint16 cancelFeeBps;
    uint16 feeBps;
    uint8 claimPeriod;
    uint16 verifierSet;
    uint32 openDay;
    uint64 resolved;
    uint64 earned;
    uint64 owed;
    uint40 refundAskedAt;
    bool cancelled;
}

/// @notice Who said that days were served.
/// Holder: the signer in force signed the minutes. Quorum: verifiers, in full. Unsigned: nobody was named to sign, in full.
enum DayWitness {
    Holder,
    Quorum,
    Unsigned
}

/// @title IReservations
/// @notice GPUs of a node for a term of UTC days, prepaid at a lower price. Each is an ERC-721 token (also see there), minted without a
/// receiver callback, so that it can be resold. Price and collateral lie here as credits from the moment it is made.
/// A day pays once: its minutes to the operator and the rest to the token, or all of it with the day's collateral to the token.
interface IReservations is IStakes {
    /// @notice A reservation was made; price and collateral (`term` x each) are locked. `feeBps` and `verifierSet` are fixed for its life.
    event Reserved(
        uint256 indexed id,
        address indexed node,
        address indexed tenant,
        string class,
        uint16 gpus,
        uint32 startDay,
        uint16 term,
        uint64 pricePerDay,
        uint64 listPricePerDay,
        uint64 collateralPerDay,
        uint16 cancelFeeBps,
        uint8 claimPeriod,
        uint16 feeBps,
        uint16 verifierSet,
        address signer
    );
    /// @notice Days were resolved in favour of the operator, wholly or in part.
    /// @param firstDay UTC day of bit 0 of `days_` and of the first two bytes of `served`
    /// @param days_ bitmap of the days that this call resolved; others of the run were resolved before, or stay open: those of 0 minutes, and
    /// those of which it is too early to hear a quorum
    /// @param served minutes of each day of the run, u16 big-endian; empty: 1,440 each
    /// @param paid to the operator, `fee` included
    /// @param collateral back to the operator
    /// @param owed added to the token: minutes that were not served
    event DaysPaid(
        uint256 indexed id,
        DayWitness indexed witness,
        uint32 firstDay,
        uint64 days_,
        bytes served,
        uint64 paid,
        uint64 fee,
        uint64 collateral,
        uint64 owed
    );
    /// @notice Day `day` was not claimed in time: its price and collateral (`owed`) lie in the token.
    event DayLapsed(uint256 indexed id, uint32 day, uint64 owed);
    /// @notice Three days running lapsed (`RUN_LIMIT`): the term ended before `endDay`. The price of the unclaimed days after that went to the token
    /// (`owed`), their collateral to the operator.
    event TermEnded(uint256 indexed id, uint32 endDay, uint64 owed, uint64 collateral);
    /// @notice The token is burnt. From `endDay` on nothing is reserved: `paid` (`fee` included) and `collateral` went to the operator,
    /// `returned` (with all that lay in the token) to `holder`. Days before stay claimable; what they still owe is for `holder`.
    event Cancelled(
        uint256 indexed id, address indexed holder, uint32 endDay, uint64 paid, uint64 fee, uint64 collateral, uint64 returned
    );
    /// @notice From UTC day `fromDay` on, `signer` signs for served days (zero: nobody, days count as served).
    event SignerSet(uint256 indexed id, uint32 fromDay, address signer);
    /// @notice The owner asked for what lies in the token; it can be taken from `availableAt` on, by the same owner.
    event RefundAsked(uint256 indexed id, address indexed owner, uint40 availableAt);
    event RefundTaken(uint256 indexed id, address indexed to, uint64 amount);

    error QuoteExpired(uint64 expires);
    error NotQuotedTo(address tenant, address caller);
    /// @notice A reservation was made from a quote with this node and nonce.
    error QuoteUsed(address node, bytes32 nonce);
    /// @notice A value of the quote is outside of its bounds; `field` is its name.
    error BadQuote(bytes32 field, uint256 value);
    error UnknownReservation(uint256 id);
    error NotHolder(uint256 id, address caller);
    error NoDays();
    error TooManyDays(uint256 count, uint256 max);
    error DayOutsideTerm(uint32 day);
    error DayNotOver(uint32 day);
    error TooManyMinutes(uint32 day, uint16 served);
    /// @notice `served` has two bytes a day.
    error MalformedMinutes(uint256 length);
    /// @notice The days of one claim must have one signer; another one is in force from `day` on.
    error SignerChanges(uint32 day);
    /// @notice The signer in force on these days (`signer`) did not sign this claim.
    error NotSignedByDaySigner(address signer);
    /// @notice A signer is named for these days, so they are not paid without one.
    error SignerNamed(uint32 day, address signer);
    /// @notice Every day of the run was resolved before, or is claimed with 0 minutes.
    error NothingToResolve(uint256 id);
    /// @notice The holder's word comes first: a quorum may attest `day`, the first open one of the run, from `from` (unix seconds) on.
    error TooEarlyForQuorum(uint32 day, uint256 from);
    /// @notice With `day` a quorum would have paid more than 3 days running.
    error QuorumRunTooLong(uint32 day);
    error NoVerifierSet(uint256 id);
    /// @notice Only days that have not begun can be cancelled.
    error DayBegun(uint32 day);
    /// @notice No day is left from `day` on.
    error NothingToCancel(uint32 day);
    error NothingOwed(uint256 id);
    error RefundNotAsked(uint256 id);
    error RefundNotYet(uint40 availableAt);

    /// @notice Days running that a quorum can pay, and days running after which an unclaimed reservation ends: 3. A day that the holder's
    /// signer claimed with less than 720 minutes is paid, and does not interrupt unclaimed days: they run on behind it.
    /// @dev Anyone; moves nothing; no errors.
    function RUN_LIMIT() external view returns (uint16);
    /// @notice Seconds between asking for a refund and taking it: 24 hours, so that a buyer who sees it in the token gets it.
    /// @dev Anyone; moves nothing; no errors.
    function REFUND_DELAY() external view returns (uint40);
    /// @notice Minutes of a day: 1,440.
    /// @dev Anyone; moves nothing; no errors.
    function MINUTES_PER_DAY() external view returns (uint16);

    /// @notice The id of the reservation that a quote of `node` with `nonce` makes: keccak256(abi.encode(node, nonce)).
    /// @dev Anyone; moves nothing; no errors.
    function reservationId(address node, bytes32 nonce) external pure returns (uint256);

    /// @notice A reservation as of now, all zero if it was never made.
    /// @dev Anyone; moves nothing; no errors.
    function reservationOf(uint256 id) external view returns (ReservationView memory);

    /// @notice Who signs for UTC day `day` of a reservation; zero: nobody, or no such reservation.
    /// @dev Anyone; moves nothing; no errors.
    function signerOf(uint256 id, uint32 day) external view returns (address);

    /// @notice Makes the reservation that the node quoted: the whole price out of the caller's credits, the whole collateral out of the
    /// node's lockable stake.
    /// @param signer who will sign for served days (the holder's agent); zero: nobody, every day is paid as served
    /// @dev The quote's tenant, with the node's signature of the quote. Moves the caller's credits and the node's lockable stake into the
    /// reservation, and mints its token to the caller. Errors: `QuoteExpired`, `NotQuotedTo`, `QuoteUsed`, `BadQuote`, `NotSignedByNode`,
    /// `IsPaused`, `NodeNotRegistered`, `NodeIsRetired`, `InsufficientCredits`, `InsufficientStake`.
    function reserve(ReservationQuote calldata quote, address signer, bytes32 r, bytes32 vs) external returns (uint256 id);

    /// @notice Resolves a run of days by the word of the signer in force on them: `DayClaim(uint256 reservation,uint32 firstDay,bytes
    /// served)`. A day of 1 minute or more pays floor(price x minutes / 1,440) to the operator and the rest to the token, and gives its
    /// collateral back. A day of 0 minutes is not claimed: it is passed over and stays open, for a later claim, a quorum, or to lapse. Days
    /// that are resolved already are passed over too. Can't be paused.
    /// @param served minutes of each day, u16 big-endian
    /// @dev Anyone, with the signer's signature. Moves what `DaysPaid` says: out of the reservation to the operator's credits, the fees and
    /// the token. Errors: `UnknownReservation`, `MalformedMinutes`, `NoDays`, `TooManyDays`, `DayOutsideTerm`, `DayNotOver`,
    /// `SignerChanges`, `NotSignedByDaySigner`, `TooManyMinutes`, `NothingToResolve`.
    function claimDays(uint256 id, uint32 firstDay, bytes calldata served, bytes32 r, bytes32 vs) external;

    /// @notice Pays days in full for which no signer is named.
    /// @dev Anyone. Moves price and collateral of the days out of the reservation to the operator's credits and the fees. Errors:
    /// `UnknownReservation`, `NoDays`, `TooManyDays`, `DayOutsideTerm`, `DayNotOver`, `SignerChanges`, `SignerNamed`, `NothingToResolve`.
    function claimUnsignedDays(uint256 id, uint32 firstDay, uint16 count) external;

    /// @notice Pays days in full on the word of a quorum of the reservation's verifier set (`ServedDays(uint256 reservation,uint32
    /// firstDay,uint16 count)`): "reachable, and passed the day's proof". Only in the last two days of a day's claim period, and at most
    /// 3 days running. Days that are resolved already are passed over, and so are days of which it is too early: they stay open, and the same
    /// signatures pay them later.
    /// @dev Anyone, with the members' signatures. Moves as `claimUnsignedDays` does. Errors: `UnknownReservation`, `NoVerifierSet`,
    /// `NoDays`, `TooManyDays`, `DayOutsideTerm`, `DayNotOver`, `NoQuorum`, `BadMemberBitmap`, `NotSignedByMember`, `TooEarlyForQuorum` (of
    /// every open day), `QuorumRunTooLong`, `NothingToResolve`.
    function attestDays(uint256 id, uint32 firstDay, uint16 count, uint256 members, Signature[] calldata signatures) external;

    /// @notice Posts what time has decided: days past their deadline lapse, three running end the term. Every other call that changes a
    /// reservation, a transfer too, does this first.
    /// @dev Anyone; the caller gains nothing. Moves price and collateral of lapsed days to the token; after an early end the price of the
    /// unclaimed days too, their collateral to the operator's credits. Errors: `UnknownReservation`.
    function lapseDays(uint256 id) external;

    /// @notice Names who signs for days from the day after next (UTC) on; from tomorrow on, if nobody would sign from tomorrow on after a change
    /// (as on the day after a transfer). A transfer names nobody, from the day after next on. `SignerSet` says the day.
    /// @dev The token's owner. Moves nothing but what time has decided (`lapseDays`). Errors: `UnknownReservation`, `NotHolder`.
    function setSigner(uint256 id, address signer) external;

    /// @notice Asks for what lies in the token. A transfer forgets it.
    /// @dev The token's owner. Moves nothing but what time has decided (`lapseDays`). Errors: `UnknownReservation`, `NotHolder`,
    /// `NothingOwed`.
    function askRefund(uint256 id) external;

    /// @notice Takes what lies in the token into the caller's credits, 24 hours after `askRefund`; after a cancel at once, without asking.
    /// @dev The token's owner, or who cancelled. Moves all that lies in the token to the caller's credits. Errors: `UnknownReservation`,
    /// `NotHolder`, `RefundNotAsked`, `RefundNotYet`, `NothingOwed`.
    function takeRefund(uint256 id) external;

    /// @notice Cancels alone, from the next UTC day (or the start, if later): the operator gets `cancelFeeBps` of the days left.
    /// @dev The token's owner (nobody it approved). Moves what `Cancelled` says: price of the days left to the operator's credits, the fees
    /// and the caller's credits, their collateral to the operator's, all that lies in the token to the caller's; burns the token. Errors:
    /// `UnknownReservation`, `NotHolder`, `NothingToCancel`.
    function cancel(uint256 id) external;

    /// @notice Cancels by agreement from `firstDay` on: the operator gets `operatorBps` of the days left. The node signed
    /// `ReservationCancel(uint256 reservation,uint32 firstDay,uint16 operatorBps,uint64 deadline)`.
    /// @dev The token's owner (nobody it approved). Moves as `cancel` does. Errors: `UnknownReservation`, `NotHolder`, `SignatureExpired`,
    /// `BadQuote` (operatorBps), `NotSignedByNode`, `DayBegun` (firstDay is not after today), `DayOutsideTerm` (before the start),
    /// `NothingToCancel`.
    function cancelAgreed(uint256 id, uint32 firstDay, uint16 operatorBps, uint64 deadline, bytes32 r, bytes32 vs) external;
}
