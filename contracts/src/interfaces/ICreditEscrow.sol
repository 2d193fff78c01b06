// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title ICreditEscrow
/// @notice The ledger of credits. One credit is one unit (1e-6) of the reserve stablecoin, which this contract holds 1:1.
interface ICreditEscrow {
    /// @notice `amount` of the reserve arrived from `from` and was credited to `to`.
    event Deposited(address indexed from, address indexed to, uint256 amount);
    /// @notice `amount` credits of `account` left as reserve to `to`.
    event Withdrawn(address indexed account, address indexed to, uint256 amount);

    /// @notice Nothing would move.
    error ZeroAmount();
    /// @notice Credits or reserve sent to `recipient` (zero, or this contract) would be lost.
    error BadRecipient(address recipient);
    /// @notice `account` has `available` credits, the call needs `needed`.
    error InsufficientCredits(address account, uint256 available, uint256 needed);

    /// @notice The ERC-20 that every credit is worth one unit of. Its issuer is trusted for its value, and for not rebasing.
    /// @dev Anyone; moves nothing; no errors.
    function reserve() external view returns (IERC20);

    /// @notice Free credits of `account`, in units of the reserve. What lies in tabs is not part of it.
    /// @dev Anyone; moves nothing; no errors.
    function credits(address account) external view returns (uint256);

    /// @notice Takes `amount` of the reserve from the caller (allowance needed) and credits `to` with what arrived.
    /// @dev Anyone. Moves the caller's reserve into the contract, and as many new credits to `to`. Errors: `ReentrancyGuardReentrantCall`
    /// (the token calls back), `IsPaused`, `ZeroAmount` (nothing asked, or nothing arrived), `BadRecipient`, `SafeERC20FailedOperation`,
    /// the token's own.
    function deposit(uint256 amount, address to) external;

    /// @notice `deposit`, with the caller's own ERC-2612 permit of `amount` until `deadline` (unix seconds) instead of an earlier approval.
    /// @dev Anyone, own tokens only. Moves what `deposit` moves. The permit's owner is always `msg.sender`, so nobody can redirect somebody
    /// else's. A permit that was used already (front-run) is no error as long as the allowance is there. Errors: as `deposit`.
    function depositWithPermit(uint256 amount, address to, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;

    /// @notice Burns `amount` of the caller's credits and sends as much of the reserve to `to`. Can't be paused.
    /// @dev Anyone, own credits only. Moves the caller's credits out of the ledger, and as much reserve to `to`. Errors:
    /// `ReentrancyGuardReentrantCall` (the token calls back), `ZeroAmount`, `BadRecipient`, `InsufficientCredits`,
    /// `SafeERC20FailedOperation`, the token's own.
    function withdraw(uint256 amount, address to) external;
}
