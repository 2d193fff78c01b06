// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {TabState} from "../interfaces/ITabs.sol";
import {FeeMath} from "./FeeMath.sol";

/// @notice All that settlement needs of a tab, in one storage word, so that a line costs one cold read and one write.
///
///   255      192 191      128 127   120 119              80 79     64 63      0
///   |  spent    |  unused    |  state  | closeRequestedAt  | feeBps  | deposit |
///   |  64       |  64        |  8      | 40 (unix seconds) | 16      | 64      |
///
/// A tab that is not open has deposit = spent: it holds nothing, so it can pay nothing. Settlement relies on this.
type TabWord is uint256;

using TabWordLib for TabWord global;

/// @title TabWordLib
/// @notice Reads and changes a TabWord. Setters take values that fit: callers pass typed integers.
library TabWordLib {
    uint256 private constant U64 = type(uint64).max;

    function create(uint64 deposit_, uint16 feeBps_) internal pure returns (TabWord) {
        return TabWord.wrap(uint256(deposit_) | (uint256(feeBps_) << 64) | (uint256(TabState.Open) << 120));
    }

    function deposit(TabWord self) internal pure returns (uint64) {
        return uint64(TabWord.unwrap(self));
    }

    function spent(TabWord self) internal pure returns (uint64) {
        return uint64(TabWord.unwrap(self) >> 192);
    }

    function closeRequestedAt(TabWord self) internal pure returns (uint40) {
        return uint40(TabWord.unwrap(self) >> 80);
    }

    function feeBps(TabWord self) internal pure returns (uint16) {
        return uint16(TabWord.unwrap(self) >> 64);
    }

    function state(TabWord self) internal pure returns (TabState) {
        return TabState(uint8(TabWord.unwrap(self) >> 120));
    }

    function withDeposit(TabWord self, uint64 value) internal pure returns (TabWord) {
        return TabWord.wrap((TabWord.unwrap(self) & ~U64) | value);
    }

    function withCloseRequestedAt(TabWord self, uint40 value) internal pure returns (TabWord) {
        return TabWord.wrap((TabWord.unwrap(self) & ~(uint256(type(uint40).max) << 80)) | (uint256(value) << 80));
    }

    /// @notice Marks the tab closed, which keeps its slot from ever opening again, and takes out what is left: deposit becomes
    /// spent, so that old receipts pay nothing.
    function withClosed(TabWord self) internal pure returns (TabWord) {
        uint256 word = TabWord.unwrap(self.withDeposit(self.spent()));
        return TabWord.wrap((word & ~(uint256(0xff) << 120)) | (uint256(TabState.Closed) << 120));
    }

    /// @notice Pays up to the cumulative `amount`: max(0, min(amount, deposit) - spent).
    /// @param amount below 2^64
    /// @return next the word after paying (the same if nothing is paid)
    /// @return paid what is added to `spent`
    /// @return fee the part of `paid` that is the fee
    /// @dev Unchecked: paid is computed from target > spent, and
    /// spent + paid = target < 2^64, so adding in place can't overflow.
    function pay(TabWord self, uint256 amount) internal pure returns (TabWord next, uint256 paid, uint256 fee) {
        unchecked {
            uint256 word = TabWord.unwrap(self);
            uint256 target = word & U64;
            if (amount < target) target = amount;
            uint256 before = word >> 192;
            if (target <= before) return (self, 0, 0);
            paid = target - before;
            uint256 bps = uint16(word >> 64);
            fee = FeeMath.feeOn(target, bps) - FeeMath.feeOn(before, bps);
            next = TabWord.wrap(word + (paid << 192));
        }
    }
}
