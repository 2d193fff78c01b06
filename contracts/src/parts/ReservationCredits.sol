// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IReservationCredits} from "../interfaces/IReservationCredits.sol";
import {Tabs} from "./Tabs.sol";

/// @title ReservationCredits
/// @notice The door between the ledger and the Reservations contract, which holds stake and the money of reservations as credits of its
/// own account. It spends what it holds and, for its own caller, moves that caller's credits in; nothing else is behind the door.
abstract contract ReservationCredits is IReservationCredits, Tabs {
    modifier onlyReservations() {
        require(msg.sender == reservations(), NotReservations(msg.sender));
        _;
    }

    /// @inheritdoc IReservationCredits
    function reservations() public view virtual returns (address);

    /// @inheritdoc IReservationCredits
    function lockCredits(address account, uint256 amount) external onlyReservations {
        _debit(account, amount);
        _credit(msg.sender, amount);
    }

    /// @inheritdoc IReservationCredits
    function fundReservation(address tenant, address node, uint256 amount)
        external
        onlyReservations
        whenNotPaused
        returns (uint16)
    {
        _activeNode(node);
        _debit(tenant, amount);
        _credit(msg.sender, amount);
        return feeBps;
    }

    /// @inheritdoc IReservationCredits
    function payReservation(address node, uint256 amount, uint256 fee) external onlyReservations {
        uint256 paid = amount + fee;
        _debit(msg.sender, paid);
        _payOperator(node, paid, fee);
    }

    /// @inheritdoc IReservationCredits
    function releaseCredits(address account, uint256 amount) external onlyReservations {
        _debit(msg.sender, amount);
        _credit(account, amount);
    }
}
