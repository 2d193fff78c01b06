// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice An operator's stake that no node may lock.
/// @param free can be made lockable for a node, or unbonded; credits
/// @param unbonding on its way out, credits
/// @param unbondsAt unix seconds from which `unbonding` can be taken; 0 if nothing is unbonding
struct Stake {
    uint64 free;
    uint64 unbonding;
    uint40 unbondsAt;
}

/// @title IStakes
/// @notice Credits that an operator puts behind its nodes. A reservation's collateral comes out of what the operator made lockable for that
/// node; nothing else ever touches stake.
interface IStakes {
    /// @notice `operator` staked `amount`; `free` is its free stake now.
    event Staked(address indexed operator, uint64 amount, uint64 free);
    /// @notice `operator` is taking `amount` out; all that is unbonding (`unbonding`) can be taken from `unbondsAt` on.
    event UnstakeRequested(address indexed operator, uint64 amount, uint64 unbonding, uint40 unbondsAt);
    /// @notice `amount` went back to the operator's credits.
    event Unstaked(address indexed operator, uint64 amount);
    /// @notice Quotes of `node` may lock `lockable` credits of its operator's stake from now on; `free` is what the operator has besides.
    event LockableSet(address indexed operator, address indexed node, uint64 lockable, uint64 free);

    error InsufficientStake(uint64 available, uint64 needed);
    /// @notice Stake must fit 64 bits.
    error StakeTooLarge(uint256 stake);
    error NothingUnbonding(address operator);
    /// @notice The unbonding period runs until `unbondsAt`.
    error StillUnbonding(uint40 unbondsAt);

    /// @notice Seconds between asking for stake and taking it: 7 days.
    /// @dev Anyone; moves nothing; no errors.
    function UNBONDING_PERIOD() external view returns (uint40);

    /// @notice The stake of `operator` outside of its nodes.
    /// @dev Anyone; moves nothing; no errors.
    function stakes(address operator) external view returns (Stake memory);

    /// @notice What quotes of `node` may still lock as collateral, credits. This is the node's free stake.
    /// @dev Anyone; moves nothing; no errors.
    function lockable(address node) external view returns (uint64);

    /// @notice Turns `amount` of the caller's credits into free stake.
    /// @dev Anyone, own credits only (stake of an account without nodes backs nothing). Moves the caller's credits to the Reservations
    /// contract's account, as the caller's free stake. Errors: `ZeroAmount`, `StakeTooLarge`, `InsufficientCredits`.
    function stake(uint64 amount) external;

    /// @notice Starts the unbonding of `amount` of the caller's free stake. The period begins anew for all that is unbonding.
    /// @dev Anyone, own stake only. Moves stake from free to unbonding. Errors: `ZeroAmount`, `InsufficientStake`, `StakeTooLarge` (all
    /// that would be unbonding).
    function requestUnstake(uint64 amount) external;

    /// @notice Gives all unbonded stake back to the caller's credits. Can't be paused.
    /// @dev Anyone, own stake only. Moves the unbonding stake to the caller's credits. Errors: `NothingUnbonding`, `StillUnbonding`.
    function finishUnstake() external;

    /// @notice Sets what quotes of `node` may lock from now on, out of the operator's free stake; less than before gives the difference
    /// back to it. Collateral of running reservations is not part of either.
    /// @dev The operator of `node`, retired or not. Moves stake between free and lockable for `node`. Errors: `NotOperator`,
    /// `InsufficientStake`, `StakeTooLarge` (what would be free).
    function setLockable(address node, uint64 amount) external;
}
