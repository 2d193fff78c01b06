// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IControls
/// @notice All that the owner can do. Ownership moves in two steps (OpenZeppelin's Ownable2Step).
interface IControls {
    /// @notice Tabs opened from now on pay `bps` ten-thousandths of what they pay to the operator. Older tabs keep theirs.
    event FeeSet(uint16 bps);
    /// @notice New deposits and new tabs are refused (or not, any more).
    event PausedSet(bool paused);
    /// @notice Fees of `amount` credits were sent to `to` as reserve.
    event FeesWithdrawn(address indexed to, uint256 amount);

    /// @notice `bps` is above the hard cap.
    error FeeAboveCap(uint16 bps, uint16 cap);
    /// @notice The owner has paused new deposits and new tabs. Withdrawing, settling, topping up and closing go on.
    error IsPaused();

    /// @notice The highest fee that can ever be set, in basis points.
    function MAX_FEE_BPS() external view returns (uint16);

    /// @notice The fee that a tab opened now would keep for its life, in basis points.
    function feeBps() external view returns (uint16);

    /// @notice Whether new deposits and new tabs are refused.
    function paused() external view returns (bool);

    /// @notice Fees earned and not withdrawn, in credits.
    function accruedFees() external view returns (uint256);

    /// @notice Sets the fee of tabs opened from now on.
    /// @dev Owner. Errors: `FeeAboveCap`, `OwnableUnauthorizedAccount`.
    function setFee(uint16 bps) external;

    /// @notice Refuses or allows new deposits and new tabs; nothing else.
    /// @dev Owner. Errors: `OwnableUnauthorizedAccount`.
    function setPaused(bool value) external;

    /// @notice Sends all accrued fees to `to`.
    /// @dev Owner. Errors: `ZeroAmount`, `BadRecipient`, `OwnableUnauthorizedAccount`, the token's own.
    function withdrawFees(address to) external;
}
