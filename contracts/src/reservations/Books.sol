// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IReservations} from "../interfaces/IReservations.sol";
import {Book, Lapse, ReservationBookLib, ReservationWords} from "../libraries/ReservationBook.sol";
import {Stakes} from "./Stakes.sol";

/// @title Books
/// @notice Where reservations lie, and how time is posted to them. Every call that changes one opens its book, posts what time has
/// decided, does its own work and writes the book; credits move last.
abstract contract Books is IReservations, Stakes, ERC721 {
    struct Reservation {
        ReservationWords words;
        string class;
    }

    mapping(uint256 id => Reservation) internal _reservations;
    /// @dev Who burnt the token: what earlier days still owe is theirs.
    mapping(uint256 id => address) internal _cancelledBy;

    /// @inheritdoc IReservations
    uint16 public constant RUN_LIMIT = uint16(ReservationBookLib.RUN_LIMIT);

    /// @inheritdoc IReservations
    function lapseDays(uint256 id) external {
        (ReservationWords storage words, Book memory book) = _open(id);
        uint256 collateral = _advance(id, book);
        book.write(words);
        _payCollateral(book, collateral);
    }

    function _open(uint256 id) internal view returns (ReservationWords storage words, Book memory book) {
        words = _reservations[id].words;
        book = words.open();
        require(book.node != address(0), UnknownReservation(id));
    }

    /// @dev Posts what time has decided. Whoever calls first, and when, changes nothing: deadlines alone decide.
    /// @return collateral of days cut off by an early end, for `_payCollateral` once the book is written
    function _advance(uint256 id, Book memory book) internal returns (uint256 collateral) {
        Lapse memory lapse = book.advance(_today());
        if (lapse.lapsed == 0) return 0;
        uint256 day = book.startDay + lapse.first;
        for (uint256 left = lapse.lapsed; left != 0; left >>= 1) {
            if (left & 1 != 0) emit DayLapsed(id, uint32(day), uint64(book.price + book.collateral));
            ++day;
        }
        if (!lapse.ended) return 0;
        emit TermEnded(id, uint32(book.startDay + book.end), uint64(lapse.owed), uint64(lapse.collateral));
        return lapse.collateral;
    }

    /// @dev Gives the operator collateral that is due to it. Collateral bears no fee.
    function _payCollateral(Book memory book, uint256 collateral) internal {
        if (collateral != 0) core.payReservation(book.node, collateral, 0);
    }

    function _requireHolder(uint256 id) internal view {
        require(_ownerOf(id) == msg.sender, NotHolder(id, msg.sender));
    }

    function _today() internal view returns (uint256) {
        return block.timestamp / 1 days;
    }
}
