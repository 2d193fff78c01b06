// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {FeeMath} from "./FeeMath.sol";

/// @notice A reservation as it lies in storage: three words, the second and third of which change.
///
///   terms     | 255..248 unused | verifierSet 16 | claimPeriod 8 | gpus 16 | term 16 | startDay 32 | node 160 |
///   money     | end 16 | cancelFeeBps 16 | feeBps 16 | collateralBps 16 | owed 64 | earned 64 | price 64 |
///   progress  | 255..254 unused | changed 1 | quorumRun 2 | unclaimedRun 2 | cursor 9 | quorum 40 | marked 40 | signer 160 |
///
/// A day from `cursor` on has a bit in `marked` and one in `quorum`:
///
///   marked quorum
///        0      0  open
///        1      0  paid for half of it or more, on the holder's word or because nobody signs for it
///        1      1  paid on a quorum's word
///        0      1  weak: paid on the holder's word, for less than half of it
///
/// A marked day ends a run of unclaimed days. A weak one neither ends it nor counts: a holder that signs a minute now and then must not keep
/// a term alive in which it takes the collateral of all other days.
struct ReservationWords {
    uint256 terms;
    uint256 money;
    uint256 progress;
}

/// @notice The same, opened. Days are counted from `startDay`: day i is UTC day startDay + i. Credits and basis points as in the interface.
/// @param price of a day
/// @param collateral of a day
/// @param end first day that is not part of it
/// @param signer named when the reservation was made
/// @param changed whether there are later ones
/// @param cursor every day before it is resolved
/// @param marked days from `cursor` on that are paid and not weak (lowest bit = `cursor`)
/// @param quorum days from `cursor` on that a quorum paid, and weak ones, which are not in `marked`
/// @param unclaimedRun how many days just before `cursor` lapsed, running; weak days between them are passed over
/// @param quorumRun how many days just before `cursor` a quorum paid, running
struct Book {
    address node;
    uint256 startDay;
    uint256 term;
    uint256 gpus;
    uint256 claimPeriod;
    uint256 verifierSet;
    uint256 price;
    uint256 collateral;
    uint256 earned;
    uint256 owed;
    uint256 collateralBps;
    uint256 feeBps;
    uint256 cancelFeeBps;
    uint256 end;
    address signer;
    bool changed;
    uint256 cursor;
    uint256 marked;
    uint256 quorum;
    uint256 unclaimedRun;
    uint256 quorumRun;
}

/// @notice What time decided in one `advance`.
/// @param lapsed days that lapsed, lowest bit = `first`
/// @param first the cursor before
/// @param ended whether the term ended early, at `book.end`
/// @param owed price of the unclaimed days that this cut off (already in `book.owed`)
/// @param collateral their collateral, which the caller owes the operator
struct Lapse {
    uint256 lapsed;
    uint256 first;
    bool ended;
    uint256 owed;
    uint256 collateral;
}

using ReservationBookLib for Book global;
using ReservationBookLib for ReservationWords global;

/// @title ReservationBookLib
/// @notice Packing, and how time resolves days. Pure: the contract writes and emits what comes out.
/// @dev Unchecked throughout: `reserve` holds (price + collateral) x term below 2^64 and every other value to its field, days are below
/// 2^33, and nothing is added to `earned` or `owed` twice, so their sum stays below the same 2^64.
library ReservationBookLib {
    /// @dev Days running that a quorum may pay, and after which an unclaimed reservation ends.
    uint256 internal constant RUN_LIMIT = 3;

    uint256 private constant U9 = 0x1ff;
    uint256 private constant U16 = type(uint16).max;
    uint256 private constant U32 = type(uint32).max;
    uint256 private constant U40 = type(uint40).max;
    uint256 private constant U64 = type(uint64).max;

    function open(ReservationWords storage words) internal view returns (Book memory book) {
        (uint256 terms, uint256 money, uint256 progress) = (words.terms, words.money, words.progress);
        book.node = address(uint160(terms));
        book.startDay = (terms >> 160) & U32;
        book.term = (terms >> 192) & U16;
        book.gpus = (terms >> 208) & U16;
        book.claimPeriod = uint8(terms >> 224);
        book.verifierSet = (terms >> 232) & U16;
        book.price = money & U64;
        book.earned = (money >> 64) & U64;
        book.owed = (money >> 128) & U64;
        book.collateralBps = (money >> 192) & U16;
        book.feeBps = (money >> 208) & U16;
        book.cancelFeeBps = (money >> 224) & U16;
        book.end = money >> 240;
        book.collateral = collateralOf(book.price, book.collateralBps);
        book.signer = address(uint160(progress));
        book.marked = (progress >> 160) & U40;
        book.quorum = (progress >> 200) & U40;
        book.cursor = (progress >> 240) & U9;
        book.unclaimedRun = (progress >> 249) & 3;
        book.quorumRun = (progress >> 251) & 3;
        book.changed = (progress >> 253) & 1 != 0;
    }

    /// @notice Writes the word that never changes.
    function writeTerms(Book memory book, ReservationWords storage words) internal {
        words.terms = uint256(uint160(book.node)) | (book.startDay << 160) | (book.term << 192) | (book.gpus << 208)
            | (book.claimPeriod << 224) | (book.verifierSet << 232);
    }

    /// @notice Writes the two words that do.
    function write(Book memory book, ReservationWords storage words) internal {
        words.money = book.price | (book.earned << 64) | (book.owed << 128) | (book.collateralBps << 192) | (book.feeBps << 208)
            | (book.cancelFeeBps << 224) | (book.end << 240);
        words.progress = uint256(uint160(book.signer)) | (book.marked << 160) | (book.quorum << 200) | (book.cursor << 240)
            | (book.unclaimedRun << 249) | (book.quorumRun << 251) | (book.changed ? uint256(1) << 253 : 0);
    }

    /// @notice Collateral of a day, rounded down.
    function collateralOf(uint256 price, uint256 bps) internal pure returns (uint256) {
        unchecked {
            return price * bps / FeeMath.BPS;
        }
    }

    /// @notice Moves the cursor over all that is resolved, and lapses what is past its deadline, by UTC day `today`. Day i can be claimed
    /// until `startDay + i + 1 + claimPeriod` begins, so day numbers are enough.
    function advance(Book memory book, uint256 today) internal pure returns (Lapse memory lapse) {
        unchecked {
            uint256 due = book.startDay + book.claimPeriod;
            due = today > due ? today - due : 0;
            (uint256 i, uint256 marked, uint256 quorum) = (book.cursor, book.marked, book.quorum);
            uint256 end = book.end;
            lapse.first = i;
            while (i < end) {
                if (marked & 1 != 0) {
                    book.unclaimedRun = 0;
                    book.quorumRun = quorum & 1 != 0 ? book.quorumRun + 1 : 0;
                } else if (quorum & 1 != 0) {
                    // Weak: the run of unclaimed days goes on behind it.
                    book.quorumRun = 0;
                } else if (i < due) {
                    // At most 42 bits: paid days reach 39 days ahead, and 3 days running without one end the term.
                    lapse.lapsed |= 1 << (i - lapse.first);
                    book.owed += book.price + book.collateral;
                    book.quorumRun = 0;
                    ++book.unclaimedRun;
                } else {
                    break;
                }
                ++i;
                marked >>= 1;
                quorum >>= 1;
                if (book.unclaimedRun == RUN_LIMIT) {
                    if (i != end) _end(book, lapse, i, marked | quorum);
                    (marked, quorum) = (0, 0);
                    break;
                }
            }
            (book.cursor, book.marked, book.quorum) = (i, marked, quorum);
        }
    }

    /// @notice Which of the `count` days from day `first` on are open: in the reservation and not resolved.
    /// @return bitmap lowest bit = `first`
    function openDays(Book memory book, uint256 first, uint256 count) internal pure returns (uint256 bitmap) {
        unchecked {
            (uint256 cursor, uint256 end) = (book.cursor, book.end);
            if (first >= end) return 0;
            if (count > end - first) count = end - first;
            bitmap = (1 << count) - 1;
            if (first >= cursor) return bitmap & ~(book.paidDays() >> (first - cursor));
            // The shift fills in zeros for the days before the cursor, which are resolved.
            return bitmap & (~book.paidDays() << (cursor - first));
        }
    }

    /// @notice Days from the cursor on that are resolved. Each was paid, for only before the cursor do days lapse.
    /// @return bitmap lowest bit = the cursor
    function paidDays(Book memory book) internal pure returns (uint256 bitmap) {
        return book.marked | book.quorum;
    }

    /// @notice Sets the two bits of days that were open.
    /// @param marked, quorum as in the book, but that the lowest bit = day `first`
    function mark(Book memory book, uint256 first, uint256 marked, uint256 quorum) internal pure {
        unchecked {
            uint256 cursor = book.cursor;
            book.marked |= first >= cursor ? marked << (first - cursor) : marked >> (cursor - first);
            book.quorum |= first >= cursor ? quorum << (first - cursor) : quorum >> (cursor - first);
        }
    }

    /// @notice Adds `paid` to what the operator earned. The fee is on the whole sum, after minus before: it telescopes.
    function earn(Book memory book, uint256 paid) internal pure returns (uint256 fee) {
        unchecked {
            uint256 earned = book.earned + paid;
            fee = FeeMath.feeOn(earned, book.feeBps) - FeeMath.feeOn(book.earned, book.feeBps);
            book.earned = earned;
        }
    }

    /// @notice How many days running a quorum has paid around day `i`, which is one of them.
    function quorumRunAt(Book memory book, uint256 i) internal pure returns (uint256 run) {
        unchecked {
            // Without the weak ones, on which the holder spoke.
            uint256 quorum = book.quorum & book.marked;
            uint256 bit = i - book.cursor;
            while ((quorum >> (bit + run)) & 1 != 0) ++run;
            while (bit != 0 && (quorum >> (bit - 1)) & 1 != 0) (--bit, ++run);
            if (bit == 0) run += book.quorumRun;
        }
    }

    /// @dev The term ends at `i`: the price of the unclaimed days from there on is the holder's, their collateral the operator's.
    /// @param paid days from `i` on that were paid, weak ones too
    function _end(Book memory book, Lapse memory lapse, uint256 i, uint256 paid) private pure {
        unchecked {
            uint256 left = book.end - i;
            for (; paid != 0; paid &= paid - 1) --left;
            lapse.ended = true;
            lapse.owed = left * book.price;
            lapse.collateral = left * book.collateral;
            book.owed += lapse.owed;
            book.end = i;
        }
    }
}
