// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IReservations} from "../interfaces/IReservations.sol";
import {Book, ReservationWords} from "../libraries/ReservationBook.sol";
import {Books} from "./Books.sol";

/// @title Signers
/// @notice Who signs for which days, and what a transfer does. A change acts from the day after next, so a day is always signed for by who
/// was named before it began: nobody can void served days. Where nobody would sign from tomorrow on, one who is named today does: a day that
/// nobody signs for is paid whether it was served or not, and a sale in a day's last second leaves its buyer no other time to prevent that.
abstract contract Signers is Books {
    /// @dev One word: what belongs to the holder, and the newest change of signer. `changes` counts them; no. 0 is the signer in the book.
    struct Holding {
        uint40 refundAskedAt;
        uint24 changes;
        uint32 fromDay;
        address signer;
    }

    struct SignerChange {
        uint32 fromDay;
        address signer;
    }

    mapping(uint256 id => Holding) internal _holdings;
    /// @dev Changes 1 to `changes` - 1, days strictly ascending.
    mapping(uint256 id => mapping(uint256 no => SignerChange)) private _earlier;

    /// @inheritdoc IReservations
    function signerOf(uint256 id, uint32 day) external view returns (address) {
        return _signerOver(id, _reservations[id].words.open(), day, day);
    }

    /// @inheritdoc IReservations
    function setSigner(uint256 id, address signer) external {
        (ReservationWords storage words, Book memory book) = _open(id);
        _requireHolder(id);
        uint256 collateral = _advance(id, book);
        Holding memory holding = _holdings[id];
        _change(id, book, holding, signer);
        _holdings[id] = holding;
        book.write(words);
        _payCollateral(book, collateral);
    }

    /// @dev The signer of the days from `first` to `last`, which must be one.
    function _signerOver(uint256 id, Book memory book, uint256 first, uint256 last) internal view returns (address signer) {
        if (!book.changed) return book.signer;
        Holding memory holding = _holdings[id];
        (uint256 no, uint256 fromDay) = (holding.changes, holding.fromDay);
        signer = holding.signer;
        // Back to the newest change that acts on `last`, then to the one that acts on `first`. Each acts on a day of its own, so this
        // reads one for each of the last days at most.
        while (fromDay > last) (no, fromDay, signer) = _changeBefore(id, book, no);
        address later = signer;
        uint256 differsFrom;
        while (fromDay > first) {
            uint256 laterFrom = fromDay;
            (no, fromDay, signer) = _changeBefore(id, book, no);
            if (signer != later) differsFrom = laterFrom;
            later = signer;
        }
        require(differsFrom == 0, SignerChanges(uint32(differsFrom)));
    }

    /// @dev After OpenZeppelin's bookkeeping. Only a transfer to somebody else does anything: the new owner's agent is not the old one's,
    /// and a refund that was asked for is forgotten.
    function _update(address to, uint256 id, address auth) internal override returns (address from) {
        from = super._update(to, id, auth);
        if (from == address(0) || to == address(0) || from == to) return from;
        (ReservationWords storage words, Book memory book) = _open(id);
        uint256 collateral = _advance(id, book);
        Holding memory holding = _holdings[id];
        holding.refundAskedAt = 0;
        _change(id, book, holding, address(0));
        _holdings[id] = holding;
        book.write(words);
        _payCollateral(book, collateral);
    }

    function _changeBefore(uint256 id, Book memory book, uint256 no)
        private
        view
        returns (uint256 before, uint256 fromDay, address signer)
    {
        before = no - 1;
        if (before == 0) return (0, 0, book.signer);
        SignerChange memory change = _earlier[id][before];
        return (before, change.fromDay, change.signer);
    }

    /// @dev Changes memory only, but for the change that it pushes down.
    function _change(uint256 id, Book memory book, Holding memory holding, address signer) private {
        uint32 fromDay = uint32(_today() + 2);
        if (book.changed && holding.signer == address(0) && holding.fromDay + 1 == fromDay) {
            // Nobody's days, which have not begun: they get a signer, and lose none.
            --fromDay;
        } else if (!book.changed || holding.fromDay != fromDay) {
            if (book.changed) _earlier[id][holding.changes] = SignerChange({fromDay: holding.fromDay, signer: holding.signer});
            ++holding.changes;
            holding.fromDay = fromDay;
            book.changed = true;
        }
        holding.signer = signer;
        emit SignerSet(id, fromDay, signer);
    }
}
