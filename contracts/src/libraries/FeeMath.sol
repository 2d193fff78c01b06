// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title FeeMath
/// @notice The one place where a fee is rounded: down, on a tab's cumulative total.
library FeeMath {
    uint256 internal constant BPS = 10_000;

    /// @notice The fee in a tab that has paid `total` credits in all.
    /// @dev The fee of a step is feeOn(after) - feeOn(before): it telescopes, so batching and dust change nothing.
    /// Unchecked: total < 2^64 and bps < 2^16.
    function feeOn(uint256 total, uint256 bps) internal pure returns (uint256) {
        unchecked {
            return total * bps / BPS;
        }
    }
}
