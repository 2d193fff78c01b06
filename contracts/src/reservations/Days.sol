// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DayWitness, IReservations} from "../interfaces/IReservations.sol";
import {Signature} from "../interfaces/IVerifiers.sol";
import {Book, ReservationBookLib, ReservationWords} from "../libraries/ReservationBook.sol";
import {Terms} from "./Terms.sol";

/// @title Days
/// @notice How days that are over are paid. A run of days is resolved day by day, and days that were resolved before are passed over, so
/// that nobody can make a longer claim worthless by sending a shorter one first.
/// @dev A holder may lie: use the GPUs and deny it. What that costs it, beside a node that stops serving: 0 minutes leave a day open, so the
/// quorum is heard of it, and three such days running end the term with the collateral of the rest back at the operator. To keep the term
/// alive it must sign at least half of one day in three: half a day's price for two days of collateral, at most.
abstract contract Days is Terms {
    /// @dev What one call resolved. `bitmap`: lowest bit = first day of the run.
    struct Tally {
        uint256 bitmap;
        uint256 paid;
        uint256 collateral;
        uint256 owed;
    }

    /// @inheritdoc IReservations
    uint16 public constant MINUTES_PER_DAY = 1440;

    /// @dev A day of fewer minutes on the holder's word is weak: see `ReservationWords`.
    uint256 private constant HALF_DAY = MINUTES_PER_DAY / 2;

    bytes32 private constant CLAIM_TYPEHASH = keccak256("DayClaim(uint256 reservation,uint32 firstDay,bytes served)");
    bytes32 private constant SERVED_TYPEHASH = keccak256("ServedDays(uint256 reservation,uint32 firstDay,uint16 count)");
    /// @dev A quorum is heard in the last two days of a claim period: the holder's word comes first.
    uint256 private constant QUORUM_DAYS = 2;

    /// @inheritdoc IReservations
    function claimDays(uint256 id, uint32 firstDay, bytes calldata served, bytes32 r, bytes32 vs) external {
        (ReservationWords storage words, Book memory book) = _open(id);
        require(served.length % 2 == 0, MalformedMinutes(served.length));
        uint256 count = served.length / 2;
        _checkRun(book, firstDay, count);
        address signer = _signerOver(id, book, firstDay, uint256(firstDay) + count - 1);
        bytes32 claim = keccak256(abi.encode(CLAIM_TYPEHASH, id, firstDay, keccak256(served)));
        // Nobody is no signer: zero is also what a broken signature recovers to.
        require(signer != address(0) && _recover(claim, r, vs) == signer, NotSignedByDaySigner(signer));
        _advance(id, book);
        Tally memory tally = _tallyServed(book, firstDay, served);
        _pay(id, words, book, DayWitness.Holder, firstDay, served, tally);
    }

    /// @inheritdoc IReservations
    function claimUnsignedDays(uint256 id, uint32 firstDay, uint16 count) external {
        (ReservationWords storage words, Book memory book) = _open(id);
        _checkRun(book, firstDay, count);
        address signer = _signerOver(id, book, firstDay, uint256(firstDay) + count - 1);
        require(signer == address(0), SignerNamed(firstDay, signer));
        _advance(id, book);
        _pay(id, words, book, DayWitness.Unsigned, firstDay, msg.data[:0], _tallyFull(book, firstDay, count, false));
    }

    /// @inheritdoc IReservations
    function attestDays(uint256 id, uint32 firstDay, uint16 count, uint256 members, Signature[] calldata signatures) external {
        (ReservationWords storage words, Book memory book) = _open(id);
        require(book.verifierSet != 0, NoVerifierSet(id));
        _checkRun(book, firstDay, count);
        bytes32 served = keccak256(abi.encode(SERVED_TYPEHASH, id, firstDay, count));
        verifiers.checkQuorum(uint16(book.verifierSet), served, members, signatures);
        _advance(id, book);
        _pay(id, words, book, DayWitness.Quorum, firstDay, msg.data[:0], _tallyFull(book, firstDay, count, true));
    }

    /// @dev The whole run lies in the term as it was bought and is over. Not all of it need be open.
    function _checkRun(Book memory book, uint256 firstDay, uint256 count) private view {
        require(count != 0, NoDays());
        uint256 max = book.claimPeriod + 1;
        require(count <= max, TooManyDays(count, max));
        uint256 termEnd = book.startDay + book.term;
        require(firstDay >= book.startDay && firstDay < termEnd, DayOutsideTerm(uint32(firstDay)));
        require(firstDay + count <= termEnd, DayOutsideTerm(uint32(termEnd)));
        uint256 today = _today();
        require(firstDay + count <= today, DayNotOver(uint32(firstDay > today ? firstDay : today)));
    }

    /// @dev Resolves the open days of the run by the minutes that the holder signed. A day of 0 minutes is one that it does not claim, and
    /// stays open: were it resolved, a holder could take the collateral of every day by its own word and shut out the quorum.
    /// Unchecked: all sums are parts of (price + collateral) x term, which fits 64 bits.
    function _tallyServed(Book memory book, uint256 firstDay, bytes calldata served) private pure returns (Tally memory tally) {
        unchecked {
            uint256 count = served.length / 2;
            uint256 open = book.openDays(firstDay - book.startDay, count);
            (uint256 price, uint256 paid, uint256 resolved, uint256 weak) = (book.price, 0, 0, 0);
            for (uint256 k; k < count; ++k) {
                uint256 minutesServed;
                // Two bytes read where they lie in calldata.
                // solhint-disable-next-line no-inline-assembly
                assembly ("memory-safe") {
                    minutesServed := shr(240, calldataload(add(served.offset, mul(k, 2))))
                }
                require(minutesServed <= MINUTES_PER_DAY, TooManyMinutes(uint32(firstDay + k), uint16(minutesServed)));
                if ((open >> k) & 1 == 0) continue;
                if (minutesServed < HALF_DAY) {
                    if (minutesServed == 0) {
                        open ^= 1 << k;
                        continue;
                    }
                    weak |= 1 << k;
                }
                ++resolved;
                paid += price * minutesServed / MINUTES_PER_DAY;
            }
            book.mark(firstDay - book.startDay, open & ~weak, weak);
            (tally.bitmap, tally.paid) = (open, paid);
            tally.collateral = resolved * book.collateral;
            tally.owed = resolved * price - paid;
        }
    }

    /// @dev Resolves the open days of the run as served in full. A quorum comes late, and not often.
    function _tallyFull(Book memory book, uint256 firstDay, uint256 count, bool quorum) private view returns (Tally memory tally) {
        uint256 open = book.openDays(firstDay - book.startDay, count);
        if (quorum) open = _heard(book, firstDay, open);
        book.mark(firstDay - book.startDay, open, quorum ? open : 0);
        tally.bitmap = open;
        for (uint256 day = firstDay; open != 0; (open >>= 1, ++day)) {
            if (open & 1 == 0) continue;
            if (quorum) require(book.quorumRunAt(day - book.startDay) <= ReservationBookLib.RUN_LIMIT, QuorumRunTooLong(uint32(day)));
            tally.paid += book.price;
            tally.collateral += book.collateral;
        }
    }

    /// @dev Those of the `open` days of which a quorum is heard by now. The times of three days running share no day, so days that are early
    /// are left open, for the same signatures later. Errs only when there is nothing else.
    function _heard(Book memory book, uint256 firstDay, uint256 open) private view returns (uint256 heard) {
        unchecked {
            // A day is heard of from `wait` days after it began.
            uint256 wait = book.claimPeriod + 1 - QUORUM_DAYS;
            uint256 today = _today();
            // How many days of the run began that long ago. A shift by more than a word leaves all.
            uint256 late = today >= firstDay + wait ? today - firstDay - wait + 1 : 0;
            heard = open & ~(type(uint256).max << late);
            if (heard != 0 || open == 0) return heard;
            for (; open & 1 == 0; open >>= 1) ++firstDay;
            revert TooEarlyForQuorum(uint32(firstDay), (firstDay + wait) * 1 days);
        }
    }

    /// @dev If time has just ended the term, nothing was open and all of it is undone: the collateral it would free is not lost.
    function _pay(
        uint256 id,
        ReservationWords storage words,
        Book memory book,
        DayWitness witness,
        uint32 firstDay,
        bytes calldata served,
        Tally memory tally
    ) private {
        require(tally.bitmap != 0, NothingToResolve(id));
        // Over what was just marked; nothing lapses, for time has not moved since.
        book.advance(_today());
        uint256 fee = book.earn(tally.paid);
        book.owed += tally.owed;
        book.write(words);
        emit DaysPaid(
            id,
            witness,
            firstDay,
            uint64(tally.bitmap),
            served,
            uint64(tally.paid),
            uint64(fee),
            uint64(tally.collateral),
            uint64(tally.owed)
        );
        uint256 amount = tally.paid - fee + tally.collateral;
        if (amount + fee != 0) core.payReservation(book.node, amount, fee);
    }
}
