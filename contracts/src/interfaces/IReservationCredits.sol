// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IReservationCredits
/// @notice The core's side of stake and reservations: credits go to the account of the Reservations contract and come back from it.
/// That contract is made by the core's constructor and can't be changed; it asks only for credits of its own caller. It can spend
/// what it holds and nothing else, so a mistake in it can't reach tabs or other accounts.
interface IReservationCredits {
    /// @notice Only the Reservations contract may call this.
    error NotReservations(address caller);

    /// @notice The Reservations contract of this core: where stake and the money of reservations lie, as credits.
    /// @dev Anyone; moves nothing; no errors.
    function reservations() external view returns (address);

    /// @notice Moves `amount` credits of `account` to the Reservations contract (stake).
    /// @dev The Reservations contract, for its caller. Moves credits of `account` to that contract's. Errors: `NotReservations`,
    /// `InsufficientCredits`.
    function lockCredits(address account, uint256 amount) external;

    /// @notice Moves the price of a new reservation from `tenant` to the Reservations contract and says which fee it keeps for its life.
    /// @dev The Reservations contract, for its caller. Moves credits of `tenant` to that contract's. Errors: `NotReservations`, `IsPaused`,
    /// `NodeNotRegistered`, `NodeIsRetired`, `InsufficientCredits`.
    function fundReservation(address tenant, address node, uint256 amount) external returns (uint16 feeBps);

    /// @notice Moves `amount` credits of the Reservations contract to the operator of `node`, and `fee` to the fees.
    /// @dev The Reservations contract. Moves its credits to the operator's and the fees. Errors: `NotReservations`, `InsufficientCredits`.
    function payReservation(address node, uint256 amount, uint256 fee) external;

    /// @notice Moves `amount` credits of the Reservations contract to `account`.
    /// @dev The Reservations contract. Moves its credits to those of `account`. Errors: `NotReservations`, `InsufficientCredits`.
    function releaseCredits(address account, uint256 amount) external;
}
