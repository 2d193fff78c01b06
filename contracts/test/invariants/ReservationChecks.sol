// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReservationView} from "../../src/interfaces/IReservations.sol";
import {Stake} from "../../src/interfaces/IStakes.sol";
import {ReservationGhost} from "./ReservationGhost.sol";

/// @notice Invariant 5, and that the contract shows every reservation and stake as the ghost has it.
abstract contract ReservationChecks is ReservationGhost {
    function checkStakes() external view {
        for (uint256 i; i < accounts.length; ++i) {
            Stake memory own = reservations.stakes(accounts[i]);
            StakeGhost storage ghost = ghostStakes[accounts[i]];
            require(own.free == ghost.free && own.unbonding == ghost.unbonding, "a stake differs");
            require(own.unbondsAt == ghost.unbondsAt, "the end of an unbonding differs");
        }
        for (uint256 i; i < NODES; ++i) {
            require(reservations.lockable(nodes[i]) == ghostLockable[nodes[i]], "what a node may lock differs");
        }
    }

    function checkReservations() external {
        for (uint256 i; i < ghostReservations.length; ++i) {
            undone(abi.encodeCall(this.checkAndUndo, (i)));
        }
    }

    /// @notice Posts time to the ghost, compares, and reverts in any case: what time decides is the ghost's only once a call posts it.
    function checkAndUndo(uint256 i) external {
        ghostAdvance(i);
        ReservationGhostData storage ghost = ghostReservations[i];
        ReservationView memory it = reservations.reservationOf(ghost.id);
        require(it.earned == ghost.earned && it.owed == ghost.owed, "what a reservation has paid or owes differs");
        require(it.holder == ghost.holder && it.cancelled == ghost.cancelled, "a holder differs");
        require(it.endDay == ghost.endDay, "the end of a term differs");
        require(ghost.cancelled || it.refundAskedAt == ghost.askedAt, "the asking for a refund differs");
        uint256 open;
        for (uint256 d; d < ghost.fates.length; ++d) {
            uint256 day = ghost.startDay + d;
            bool resolved = day < it.openDay || day >= it.endDay || (it.resolved >> (day - it.openDay)) & 1 != 0;
            require(resolved == (ghost.fates[d] != Fate.Open), "a day differs");
            if (!resolved) ++open;
        }
        // Of the ghost's sums, which the contract's equal by now, and the core's balances by invariant 1.
        uint256 out = ghost.toOperator + ghost.toHolder + it.owed;
        require(out == (ghost.fates.length - open) * (ghost.price + ghost.collateral), "the ghost did not pay a day exactly once");
        revert Undone();
    }
}
