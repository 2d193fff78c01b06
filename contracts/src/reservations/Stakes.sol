// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IBerth} from "../interfaces/IBerth.sol";
import {ICreditEscrow} from "../interfaces/ICreditEscrow.sol";
import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IStakes, Stake} from "../interfaces/IStakes.sol";
import {Domain} from "../parts/Domain.sol";

/// @title Stakes
/// @notice Stake: credits of this contract's account in the core, by operator (free, unbonding) and by node (lockable). A reservation takes
/// collateral out of `lockable`; nothing else lowers what is an operator's.
abstract contract Stakes is IStakes, Domain {
    /// @inheritdoc IStakes
    uint40 public constant UNBONDING_PERIOD = 7 days;

    /// @notice The core contract: it made this one, and holds every credit that is accounted for here. Anyone; moves nothing; no errors.
    IBerth public immutable core;

    mapping(address operator => Stake) private _stakes;
    /// @inheritdoc IStakes
    mapping(address node => uint64) public lockable;

    constructor(IBerth core_) {
        core = core_;
    }

    /// @inheritdoc IStakes
    function stakes(address operator) external view returns (Stake memory) {
        return _stakes[operator];
    }

    /// @inheritdoc IStakes
    function stake(uint64 amount) external {
        require(amount != 0, ICreditEscrow.ZeroAmount());
        Stake storage own = _stakes[msg.sender];
        uint64 free = _fits(uint256(own.free) + amount);
        own.free = free;
        emit Staked(msg.sender, amount, free);
        core.lockCredits(msg.sender, amount);
    }

    /// @inheritdoc IStakes
    function requestUnstake(uint64 amount) external {
        require(amount != 0, ICreditEscrow.ZeroAmount());
        Stake memory own = _stakes[msg.sender];
        require(own.free >= amount, InsufficientStake(own.free, amount));
        own.free -= amount;
        own.unbonding = _fits(uint256(own.unbonding) + amount);
        own.unbondsAt = uint40(block.timestamp) + UNBONDING_PERIOD;
        _stakes[msg.sender] = own;
        emit UnstakeRequested(msg.sender, amount, own.unbonding, own.unbondsAt);
    }

    /// @inheritdoc IStakes
    function finishUnstake() external {
        Stake memory own = _stakes[msg.sender];
        uint64 amount = own.unbonding;
        require(amount != 0, NothingUnbonding(msg.sender));
        require(block.timestamp >= own.unbondsAt, StillUnbonding(own.unbondsAt));
        _stakes[msg.sender] = Stake({free: own.free, unbonding: 0, unbondsAt: 0});
        emit Unstaked(msg.sender, amount);
        core.releaseCredits(msg.sender, amount);
    }

    /// @inheritdoc IStakes
    function setLockable(address node, uint64 amount) external {
        // A node that was never registered has operator zero, who calls nothing.
        require(msg.sender == core.nodes(node).operator, INodeRegistry.NotOperator(node, msg.sender));
        Stake storage own = _stakes[msg.sender];
        uint256 available = uint256(own.free) + lockable[node];
        // The cast is exact where it is shown: below `amount`, which fits.
        require(available >= amount, InsufficientStake(uint64(available), amount));
        uint64 free = _fits(available - amount);
        own.free = free;
        lockable[node] = amount;
        emit LockableSet(msg.sender, node, amount, free);
    }

    /// @dev Takes a reservation's collateral out of what quotes of `node` may lock.
    function _lockCollateral(address node, uint256 amount) internal {
        if (amount == 0) return;
        uint64 available = lockable[node];
        require(available >= amount, InsufficientStake(available, uint64(amount)));
        lockable[node] = available - uint64(amount);
    }

    /// @inheritdoc Domain
    function _core() internal view override returns (address) {
        return address(core);
    }

    function _fits(uint256 amount) private pure returns (uint64) {
        require(amount <= type(uint64).max, StakeTooLarge(amount));
        return uint64(amount);
    }
}
