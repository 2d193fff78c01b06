// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IControls} from "../interfaces/IControls.sol";
import {ICreditEscrow} from "../interfaces/ICreditEscrow.sol";
import {Controls} from "./Controls.sol";

/// @title CreditEscrow
/// @notice Reserve in, credits; credits out, reserve. The only part that calls the token: every such function is non-reentrant.
/// @dev Reserve held = credits + what is left in tabs + fees, plus whatever was sent here without a deposit (a gift to nobody).
/// A later module (reservations, stake, fiat) moves credits through `_credit` and `_debit`, and only of accounts that authorised it.
abstract contract CreditEscrow is ICreditEscrow, Controls, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @inheritdoc ICreditEscrow
    IERC20 public immutable reserve;

    /// @inheritdoc IControls
    uint256 public accruedFees;
    /// @inheritdoc ICreditEscrow
    mapping(address account => uint256) public credits;

    constructor(IERC20 reserve_) {
        reserve = reserve_;
    }

    /// @inheritdoc ICreditEscrow
    function deposit(uint256 amount, address to) external nonReentrant {
        _deposit(amount, to);
    }

    /// @inheritdoc ICreditEscrow
    function depositWithPermit(uint256 amount, address to, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external nonReentrant {
        // Anyone may have sent this permit before us. What counts is the allowance, which transferFrom checks.
        // solhint-disable-next-line no-empty-blocks
        try IERC20Permit(address(reserve)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _deposit(amount, to);
    }

    /// @inheritdoc ICreditEscrow
    function withdraw(uint256 amount, address to) external nonReentrant {
        require(amount != 0, ZeroAmount());
        _checkRecipient(to);
        _debit(msg.sender, amount);
        emit Withdrawn(msg.sender, to, amount);
        reserve.safeTransfer(to, amount);
    }

    /// @inheritdoc IControls
    function withdrawFees(address to) external onlyOwner nonReentrant {
        uint256 amount = accruedFees;
        require(amount != 0, ZeroAmount());
        _checkRecipient(to);
        accruedFees = 0;
        emit FeesWithdrawn(to, amount);
        reserve.safeTransfer(to, amount);
    }

    /// @dev Credits what arrived, not what was asked for: a token that takes a fee must not leave a hole. The guard keeps other
    /// deposits and withdrawals out of the measured span.
    function _deposit(uint256 amount, address to) private whenNotPaused {
        require(amount != 0, ZeroAmount());
        _checkRecipient(to);
        uint256 before = reserve.balanceOf(address(this));
        reserve.safeTransferFrom(msg.sender, address(this), amount);
        uint256 arrived = reserve.balanceOf(address(this)) - before;
        require(arrived != 0, ZeroAmount());
        _credit(to, arrived);
        emit Deposited(msg.sender, to, arrived);
    }

    function _checkRecipient(address to) private view {
        require(to != address(0) && to != address(this), BadRecipient(to));
    }

    function _credit(address account, uint256 amount) internal {
        credits[account] += amount;
    }

    function _debit(address account, uint256 amount) internal {
        uint256 available = credits[account];
        require(available >= amount, InsufficientCredits(account, available, amount));
        unchecked {
            // just checked
            credits[account] = available - amount;
        }
    }
}
