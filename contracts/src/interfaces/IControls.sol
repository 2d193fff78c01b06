// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IControls
/// @notice All that the owner can do here (a verifier set is added in `IVerifiers`). Ownership moves in two steps (OpenZeppelin's
/// Ownable2Step).
interface IControls {
    /// @notice Tabs and reservations made from now on give up `bps` ten-thousandths of what they pay to the operator. Older ones keep
    /// theirs.
    event FeeSet(uint16 bps);
    /// @notice New deposits, tabs and reservations are refused (or not, any more).
    event PausedSet(bool paused);
    /// @notice Fees of `amount` credits were sent to `to` as reserve.
    event FeesWithdrawn(address indexed to, uint256 amount);

    /// @notice `bps` is above the hard cap.
    error FeeAboveCap(uint16 bps, uint16 cap);
    /// @notice The owner has paused new deposits, tabs and reservations. All else goes on: withdrawing, settling, topping up, closing,
    /// claiming, refunds, stake.
    error IsPaused();

    /// @notice The highest fee that can ever be set, in basis points.
    /// @dev Anyone; moves nothing; no errors.
    function MAX_FEE_BPS() external view returns (uint16);

    /// @notice The fee that a tab or reservation made now would keep for its life, in basis points.
    /// @dev Anyone; moves nothing; no errors.
    function feeBps() external view returns (uint16);

    /// @notice Whether new deposits, tabs and reservations are refused.
    /// @dev Anyone; moves nothing; no errors.
    function paused() external view returns (bool);

    /// @notice Fees earned and not withdrawn, in credits.
    /// @dev Anyone; moves nothing; no errors.
    function accruedFees() external view returns (uint256);

    /// @notice Sets the fee of tabs and reservations made from now on, in basis points. Those that are there keep theirs.
    /// @dev The owner. Moves nothing. Errors: `OwnableUnauthorizedAccount`, `FeeAboveCap`.
    function setFee(uint16 bps) external;

    /// @notice Refuses or allows new deposits, tabs (with a standing order or without) and reservations; nothing else.
    /// @dev The owner. Moves nothing. Errors: `OwnableUnauthorizedAccount`.
    function setPaused(bool value) external;

    /// @notice Sends all accrued fees to `to`.
    /// @dev The owner. Moves the accrued fees, as reserve, out of the contract to `to`. Errors: `OwnableUnauthorizedAccount`,
    /// `ReentrancyGuardReentrantCall` (the token calls back), `ZeroAmount`, `BadRecipient`, `SafeERC20FailedOperation`, the token's own.
    function withdrawFees(address to) external;
}
