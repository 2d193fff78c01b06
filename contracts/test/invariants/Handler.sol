// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Reentry} from "./Reentry.sol";
import {ReservationChecks} from "./ReservationChecks.sol";
import {vm} from "./Vm.sol";

/// @notice One action per entry point. Each predicts whether the call succeeds and what it moves, makes it, and fails if the contract
/// disagrees; so a call that should have been refused is found as well as one that should not.
contract Handler is Reentry, ReservationChecks {
    uint256 private _leftAt;

    /// @notice Invariant 6: paused, everyone takes out all that is theirs, and nothing but gifts stays. Tried twice: without an owner first,
    /// which is undone.
    function everyoneLeaves() external {
        _leftAt = block.timestamp;
        undone(abi.encodeCall(this.leaveOwnerlessAndUndo, ()));
        // Time is not undone. From storage: the optimizer takes the clock for one that stands still.
        vm.warp(_leftAt);
        vm.prank(owner);
        berth.setPaused(true);
        takeAllOut();
        if (ghostFees != 0) {
            vm.prank(owner);
            berth.withdrawFees(owner);
            ghostFees = 0;
        }
        require(token.balanceOf(address(berth)) == ghostGifts + ghostModuleGifts, "invariant 6: something stayed behind");
    }

    /// @notice The owner pauses, takes its fees and is gone for ever: but for fees that come after, all is taken out all the same.
    function leaveOwnerlessAndUndo() external {
        vm.prank(owner);
        berth.setPaused(true);
        if (ghostFees != 0) {
            vm.prank(owner);
            berth.withdrawFees(owner);
            ghostFees = 0;
        }
        vm.prank(owner);
        berth.renounceOwnership();
        takeAllOut();
        require(berth.paused(), "invariant 6: somebody ended the pause");
        uint256 stays = ghostGifts + ghostModuleGifts + ghostFees;
        require(token.balanceOf(address(berth)) == stays, "invariant 6: without an owner something stayed behind");
        revert Undone();
    }

    function takeAllOut() private {
        tabsAreClosed();
        stakeIsAskedBack();
        reservationsAreGivenBack();
        vm.warp(block.timestamp + 60 days);
        reservationsAreEmptied();
        for (uint256 i; i < accounts.length; ++i) {
            if (ghostStakes[accounts[i]].unbonding != 0) {
                require(attemptReservations(accounts[i], abi.encodeCall(reservations.finishUnstake, ())), "invariant 6: stake stays");
                ghostCredits[accounts[i]] += ghostStakes[accounts[i]].unbonding;
                ghostStakes[accounts[i]].unbonding = 0;
            }
            uint256 all = ghostCredits[accounts[i]];
            if (all == 0) continue;
            vm.prank(accounts[i]);
            berth.withdraw(all, accounts[0]);
            ghostCredits[accounts[i]] = 0;
        }
        require(berth.credits(address(reservations)) == ghostModuleGifts, "invariant 6: something stayed in reservations");
    }

    function tabsAreClosed() private {
        for (uint256 i; i < ghostTabs.length; ++i) {
            TabGhost storage tab = ghostTabs[i];
            if (tab.closed) continue;
            // The operator's part: what was signed is still paid.
            ghostPay(i, tab.allowed);
            bytes memory line = lineUnder(domain, tab.signerKey, nodes[tab.node], 9, uint64(tab.allowed));
            berth.settle(bytes.concat(abi.encodePacked(nodes[tab.node], uint32(9), uint16(1)), line));
            if (tab.closeRequestedAt == 0) {
                vm.prank(tab.tenant);
                berth.requestClose(vm.addr(tab.signerKey), nodes[tab.node]);
            }
            ghostClose(i);
        }
        vm.warp(block.timestamp + 72 hours);
        for (uint256 i; i < ghostTabs.length; ++i) {
            (address signer, address node) = (vm.addr(ghostTabs[i].signerKey), nodes[ghostTabs[i].node]);
            if (berth.tabs(signer, node).deposit > berth.tabs(signer, node).spent) berth.finishClose(signer, node);
        }
    }

    function stakeIsAskedBack() private {
        for (uint256 i; i < NODES; ++i) {
            if (!registered[i]) continue;
            require(attemptReservations(operatorOf(i), abi.encodeCall(reservations.setLockable, (nodes[i], 0))), "invariant 6: lockable");
            ghostStakes[operatorOf(i)].free += ghostLockable[nodes[i]];
            ghostLockable[nodes[i]] = 0;
        }
        for (uint256 i; i < accounts.length; ++i) {
            StakeGhost storage own = ghostStakes[accounts[i]];
            if (own.free == 0) continue;
            bytes memory data = abi.encodeCall(reservations.requestUnstake, (uint64(own.free)));
            require(attemptReservations(accounts[i], data), "invariant 6: stake can't be asked back");
            own.unbonding += own.free;
            own.free = 0;
        }
    }

    /// @dev Days that have not begun are cancelled; the others are left to time.
    function reservationsAreGivenBack() private {
        for (uint256 i; i < ghostReservations.length; ++i) {
            ReservationGhostData storage it = ghostReservations[i];
            uint256 first = today() + 1 > it.startDay ? today() + 1 : it.startDay;
            if (it.cancelled || first >= endNow(i)) continue;
            require(attemptReservations(it.holder, abi.encodeCall(reservations.cancel, (it.id))), "invariant 6: can't cancel");
            ghostCancel(i, first, it.cancelFeeBps);
        }
    }

    function reservationsAreEmptied() private {
        for (uint256 i; i < ghostReservations.length; ++i) {
            ReservationGhostData storage it = ghostReservations[i];
            reservations.lapseDays(it.id);
            ghostAdvance(i);
            if (it.owed == 0) continue;
            if (!it.cancelled) {
                require(attemptReservations(it.holder, abi.encodeCall(reservations.askRefund, (it.id))), "invariant 6: no refund");
                vm.warp(block.timestamp + 24 hours);
            }
            require(attemptReservations(it.holder, abi.encodeCall(reservations.takeRefund, (it.id))), "invariant 6: refund not paid");
            ghostRefund(it);
        }
    }
}
