// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReservationGhost} from "./ReservationGhost.sol";
import {bound} from "./Vm.sol";

/// @notice Stake in, out, and what a node's quotes may lock of it.
abstract contract StakeActions is ReservationGhost {
    /// @dev Accounts 4 and 5 are the operators; 7 has stake without nodes.
    function staker(uint256 seed) private view returns (address) {
        return accounts[seed % 8 == 7 ? 7 : 4 + seed % 2];
    }

    function stake(uint256 seed) external drawn("stake") lowersOnly(staker(seed)) {
        address who = staker(seed);
        uint256 has = ghostCredits[who];
        uint64 amount = uint64((seed >> 8) % 6 == 0 ? has + 1 : bound(seed >> 16, 1, has / 2 + 1));
        bool success = attemptReservations(who, abi.encodeCall(reservations.stake, (amount)));
        record("stake", success, amount <= has);
        if (!success) return;
        ghostCredits[who] -= amount;
        ghostStakes[who].free += amount;
    }

    function requestUnstake(uint256 seed) external drawn("requestUnstake") lowersOnly(address(0)) {
        StakeGhost storage own = ghostStakes[staker(seed)];
        if (own.free == 0 && (seed >> 8) % 8 != 0) return;
        uint64 amount = uint64((seed >> 8) % 6 == 1 ? own.free + 1 : bound(seed >> 16, 0, own.free / 3));
        bool success = attemptReservations(staker(seed), abi.encodeCall(reservations.requestUnstake, (amount)));
        record("requestUnstake", success, amount != 0 && amount <= own.free);
        if (!success) return;
        own.free -= amount;
        own.unbonding += amount;
        own.unbondsAt = block.timestamp + 7 days;
    }

    function finishUnstake(uint256 seed) external drawn("finishUnstake") lowersOnly(address(0)) {
        StakeGhost storage own = ghostStakes[staker(seed)];
        if (own.unbonding == 0 && (seed >> 8) % 8 != 0) return;
        if (own.unbonding != 0 && (seed >> 8) % 2 == 0 && block.timestamp < own.unbondsAt) {
            // exactly at the end of the period, or a second before
            warp(own.unbondsAt - (seed >> 16) % 2);
        }
        bool success = attemptReservations(staker(seed), abi.encodeCall(reservations.finishUnstake, ()));
        record("finishUnstake", success, own.unbonding != 0 && block.timestamp >= own.unbondsAt);
        if (!success) return;
        ghostCredits[staker(seed)] += own.unbonding;
        (own.unbonding, own.unbondsAt) = (0, 0);
    }

    function setLockable(uint256 seed) external drawn("setLockable") lowersOnly(address(0)) {
        uint256 node = (seed >> 4) % NODES;
        address sender = seed % 8 == 0 ? accounts[7] : operatorOf(node);
        uint256 available = ghostStakes[sender].free + ghostLockable[nodes[node]];
        uint64 amount = uint64(seed % 8 == 1 ? available + 1 : bound(seed >> 16, ghostLockable[nodes[node]] / 2, available));
        bool success = attemptReservations(sender, abi.encodeCall(reservations.setLockable, (nodes[node], amount)));
        record("setLockable", success, registered[node] && sender != accounts[7] && amount <= available);
        if (!success) return;
        ghostStakes[sender].free = available - amount;
        ghostLockable[nodes[node]] = amount;
    }
}
