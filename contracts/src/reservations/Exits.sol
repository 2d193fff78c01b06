// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IReservations} from "../interfaces/IReservations.sol";
import {ITabs} from "../interfaces/ITabs.sol";
import {FeeMath} from "../libraries/FeeMath.sol";
import {Book, ReservationWords} from "../libraries/ReservationBook.sol";
import {Days} from "./Days.sol";

/// @title Exits
/// @notice How money comes back to the holder: refunds that lie in the token, and cancelling. None of it can be paused.
abstract contract Exits is Days {
    /// @inheritdoc IReservations
    uint40 public constant REFUND_DELAY = 24 hours;

    bytes32 private constant CANCEL_TYPEHASH =
        keccak256("ReservationCancel(uint256 reservation,uint32 firstDay,uint16 operatorBps,uint64 deadline)");

    /// @inheritdoc IReservations
    function askRefund(uint256 id) external {
        (ReservationWords storage words, Book memory book) = _open(id);
        _requireHolder(id);
        uint256 collateral = _advance(id, book);
        require(book.owed != 0, NothingOwed(id));
        book.write(words);
        uint40 askedAt = uint40(block.timestamp);
        _holdings[id].refundAskedAt = askedAt;
        emit RefundAsked(id, msg.sender, askedAt + REFUND_DELAY);
        _payCollateral(book, collateral);
    }

    /// @inheritdoc IReservations
    function takeRefund(uint256 id) external {
        (ReservationWords storage words, Book memory book) = _open(id);
        address cancelledBy = _cancelledBy[id];
        if (cancelledBy == address(0)) {
            _requireHolder(id);
            uint40 askedAt = _holdings[id].refundAskedAt;
            require(askedAt != 0, RefundNotAsked(id));
            require(block.timestamp >= askedAt + REFUND_DELAY, RefundNotYet(askedAt + REFUND_DELAY));
            _holdings[id].refundAskedAt = 0;
        } else {
            // Nobody can buy a burnt token: nothing to wait for.
            require(cancelledBy == msg.sender, NotHolder(id, msg.sender));
        }
        uint256 collateral = _advance(id, book);
        uint256 owed = book.owed;
        require(owed != 0, NothingOwed(id));
        book.owed = 0;
        book.write(words);
        emit RefundTaken(id, msg.sender, uint64(owed));
        _payCollateral(book, collateral);
        core.releaseCredits(msg.sender, owed);
    }

    /// @inheritdoc IReservations
    function cancel(uint256 id) external {
        (ReservationWords storage words, Book memory book) = _open(id);
        _requireHolder(id);
        uint256 today = _today();
        _cancel(id, words, book, today < book.startDay ? book.startDay : today + 1, book.cancelFeeBps);
    }

    /// @inheritdoc IReservations
    function cancelAgreed(uint256 id, uint32 firstDay, uint16 operatorBps, uint64 deadline, bytes32 r, bytes32 vs) external {
        (ReservationWords storage words, Book memory book) = _open(id);
        _requireHolder(id);
        require(block.timestamp <= deadline, ITabs.SignatureExpired(deadline));
        require(operatorBps <= FeeMath.BPS, BadQuote("operatorBps", operatorBps));
        bytes32 agreed = keccak256(abi.encode(CANCEL_TYPEHASH, id, firstDay, operatorBps, deadline));
        require(_recover(agreed, r, vs) == book.node, INodeRegistry.NotSignedByNode(book.node));
        require(firstDay > _today(), DayBegun(firstDay));
        require(firstDay >= book.startDay, DayOutsideTerm(firstDay));
        _cancel(id, words, book, firstDay, operatorBps);
    }

    /// @dev No day from `firstDay` on has begun, so none of them is resolved. Days before it go on as they are, for who cancelled.
    function _cancel(uint256 id, ReservationWords storage words, Book memory book, uint256 firstDay, uint256 operatorBps) private {
        // If this ended the term, nothing is left to cancel and all of it is undone.
        _advance(id, book);
        uint256 end = firstDay - book.startDay;
        require(end < book.end, NothingToCancel(uint32(firstDay)));
        uint256 left = book.end - end;
        uint256 price = left * book.price;
        uint256 collateral = left * book.collateral;
        uint256 paid = price * operatorBps / FeeMath.BPS;
        uint256 fee = book.earn(paid);
        uint256 returned = price - paid + book.owed;
        book.owed = 0;
        book.end = end;
        // Days that lie between the last resolved one and `end` may all be resolved already.
        book.write(words);
        _cancelledBy[id] = msg.sender;
        if (_holdings[id].refundAskedAt != 0) _holdings[id].refundAskedAt = 0;
        _burn(id);
        emit Cancelled(
            id, msg.sender, uint32(firstDay), uint64(paid), uint64(fee), uint64(collateral), uint64(returned)
        );
        if (paid + collateral != 0) core.payReservation(book.node, paid - fee + collateral, fee);
        if (returned != 0) core.releaseCredits(msg.sender, returned);
    }
}
