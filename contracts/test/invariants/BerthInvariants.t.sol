// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {console} from "hardhat/console.sol";
import {TabState, TabView} from "../../src/interfaces/ITabs.sol";
import {Ghost} from "./Ghost.sol";
import {Handler} from "./Handler.sol";
import {vm} from "./Vm.sol";

/// @notice Invariants 1, 2, 3, 5, 6 and 7 over any sequence of calls. 2 and 7 are checked inside each action (Handler.sol), 4 by
/// Settlement.t.sol.
contract BerthInvariants {
    Handler internal handler;

    function setUp() public {
        // A day and a year to look back on: the chain of these tests begins at second 1.
        vm.warp(1_795_219_200);
        handler = new Handler();
        for (uint256 i; i < 40; ++i) {
            handler.registerNode(i);
            // from and to one after the other
            handler.deposit(i + (i % 10) * 256, uint256(keccak256(abi.encode("first", i))));
            if (i % 4 == 0) handler.stake(uint256(keccak256(abi.encode("stake", i))));
            if (i % 4 == 1) handler.setLockable(uint256(keccak256(abi.encode("lockable", i))));
        }
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    struct Selectors {
        address addr;
        bytes4[] selectors;
    }

    function targetSelectors() public view returns (Selectors[] memory targets) {
        targets = new Selectors[](1);
        targets[0] = Selectors(address(handler), handlerSelectors());
    }

    /// @dev Some twice or more: they are what the others live on.
    function handlerSelectors() internal view returns (bytes4[] memory list) {
        bytes4[52] memory all = [
            handler.deposit.selector,
            handler.depositWithPermit.selector,
            handler.withdraw.selector,
            handler.registerNode.selector,
            handler.changeNode.selector,
            handler.retireNode.selector,
            handler.openTab.selector,
            handler.topUp.selector,
            handler.requestClose.selector,
            handler.finishClose.selector,
            handler.closeTab.selector,
            handler.settle.selector,
            handler.setFee.selector,
            handler.setPaused.selector,
            handler.withdrawFees.selector,
            handler.multicall.selector,
            handler.gift.selector,
            handler.passTime.selector,
            handler.passDays.selector,
            handler.openTab.selector,
            handler.settle.selector,
            handler.hostileDeposit.selector,
            handler.hostileWithdraw.selector,
            handler.transferOwnership.selector,
            handler.acceptOwnership.selector,
            handler.knock.selector,
            handler.openTabWithOrder.selector,
            handler.claimStandingOrder.selector,
            handler.claimStandingOrder.selector,
            handler.addSet.selector,
            handler.attest.selector,
            handler.stake.selector,
            handler.requestUnstake.selector,
            handler.finishUnstake.selector,
            handler.setLockable.selector,
            handler.reserve.selector,
            handler.reserve.selector,
            handler.reserve.selector,
            handler.claimDays.selector,
            handler.claimDays.selector,
            handler.claimUnsignedDays.selector,
            handler.claimUnsignedDays.selector,
            handler.attestDays.selector,
            handler.lapseDays.selector,
            handler.setSigner.selector,
            handler.transferFrom.selector,
            handler.safeTransferFrom.selector,
            handler.askRefund.selector,
            handler.takeRefund.selector,
            handler.cancel.selector,
            handler.anchor.selector,
            handler.renounceOwnership.selector
        ];
        list = new bytes4[](all.length);
        for (uint256 i; i < all.length; ++i) {
            list[i] = all[i];
        }
    }

    function invariant_1_reserveHeldIsAllThatIsOwed() public view {
        uint256 funds = handler.reservationFunds();
        uint256 given = handler.ghostModuleGifts();
        require(handler.berth().credits(address(handler.reservations())) == funds + given, "reservations and stake differ from the ghost's");
        uint256 sum = handler.inTabs() + handler.ghostFees() + handler.ghostGifts() + funds + given;
        for (uint256 i; i < handler.accountCount(); ++i) {
            address account = handler.accounts(i);
            require(handler.berth().credits(account) == handler.ghostCredits(account), "credits differ from the ghost's");
            sum += handler.ghostCredits(account);
        }
        require(handler.berth().accruedFees() == handler.ghostFees(), "fees differ from the ghost's");
        require(handler.token().balanceOf(address(handler.berth())) == sum, "reserve differs from what is owed");
    }

    function invariant_3_aTabPaysAtMostDepositAndWhatWasSigned() public view {
        for (uint256 i; i < handler.tabCount(); ++i) {
            (Ghost.TabGhost memory ghost, address signer, address node) = handler.ghostTab(i);
            TabView memory tab = handler.berth().tabs(signer, node);
            require(tab.spent == ghost.spent && tab.spent <= ghost.deposit && tab.spent <= ghost.allowed, "a tab paid too much");
            require(tab.deposit == ghost.deposit - ghost.returned, "a tab's deposit differs");
            require(tab.state == (ghost.closed ? TabState.Closed : TabState.Open), "a tab's state differs");
            require(!ghost.closed || tab.deposit == tab.spent, "a closed tab holds something");
            require(tab.tenant == ghost.tenant && tab.feeBps == ghost.feeBps, "a tab's terms changed");
            require(tab.closeRequestedAt == ghost.closeRequestedAt, "a close request changed");
        }
    }

    function invariant_5_aDayOfAReservationPaysExactlyOnce() public {
        handler.checkStakes();
        handler.checkReservations();
    }

    function afterInvariant() public {
        handler.everyoneLeaves();
    }

    /// @notice A long walk whose numbers are printed: a handler that never succeeds tests nothing. It is the same every time, which the
    /// fuzzer's runs are not: test/mutation/named shows by it that each invariant finds what it is about.
    function test_everyHandlerSucceedsAtLeastOneTimeInFive() public {
        bytes4[] memory list = handlerSelectors();
        // A failing test is played again to get its stack, which takes 20 GB for one as long as this; not if it has seen the real clock.
        vm.unixTime();
        for (uint256 step; step < 2000; ++step) {
            uint256 draw = uint256(keccak256(abi.encode("walk", step)));
            bytes memory data = abi.encodePacked(list[draw % list.length], uint256(keccak256(abi.encode(draw, 1))), draw >> 9);
            // bool and small integers among the arguments: keep them in range for the decoder
            (bool success, bytes memory reason) = address(handler).call(clean(data));
            if (!success) {
                console.log("the walk broke off at step %s", step);
                assembly ("memory-safe") {
                    revert(add(reason, 32), mload(reason))
                }
            }
            // The sum of everything last, so that what is wrong in a part is told by the part.
            if (step % 10 == 0) {
                invariant_5_aDayOfAReservationPaysExactlyOnce();
                invariant_3_aTabPaysAtMostDepositAndWhatWasSigned();
                invariant_1_reserveHeldIsAllThatIsOwed();
                enterNext(step);
            }
        }
        bytes32[] memory actions = handler.actionList();
        bool seldom;
        for (uint256 i; i < actions.length; ++i) {
            (uint256 drawn, uint256 tried, uint256 done) =
                (handler.draws(actions[i]), handler.calls(actions[i]), handler.successes(actions[i]));
            console.log(string.concat(name(actions[i]), ": drawn %s, tried %s, done %s"), drawn, tried, done);
            if (done * 5 < drawn || tried < 10) seldom = true;
        }
        require(!seldom, "a handler is done less than one time in five that it is drawn, or tried less than ten times");
        require(actions.length == 47, "a handler was never called");
        printReentries(actions);
        handler.everyoneLeaves();
    }

    /// @dev One after the other every entry point from within every call that hands over control, until each was seen. The books were checked
    /// just before.
    function enterNext(uint256 step) private {
        (uint256 ways, uint256 entries) = (handler.WAYS(), handler.ENTRIES());
        for (uint256 next = 4 * step; next < 4 * step + 40; ++next) {
            uint256 pair = next % (ways * entries);
            handler.enter(pair % ways, pair / ways, uint256(keccak256(abi.encode("within", next))));
        }
    }

    /// @dev Of each entry point and each way in: almost all pairs were seen. Some can't be (of fees that are being withdrawn none are left to
    /// withdraw), and some hardly ever (an offered ownership is rare, and soon taken).
    function printReentries(bytes32[] memory actions) private view {
        for (uint256 i; i < actions.length; ++i) {
            (uint256 armed, uint256 stopped, uint256 through, uint256 changed) = handler.byAction(actions[i]);
            if (armed == 0) continue;
            console.log(string.concat(name(actions[i]), " within: armed %s, stopped %s, through %s"), armed, stopped, through);
            if (changed != 0) console.log("    changed by what it was within: %s", changed);
        }
        string[7] memory ways =
            ["deposit", "depositWithPermit", "permit", "withdraw", "withdrawFees", "safeTransferFrom", "safeTransferFrom with data"];
        for (uint256 way; way < handler.WAYS(); ++way) {
            (uint256 armed, uint256 stopped, uint256 through, uint256 changed) = handler.byWay(way);
            console.log(string.concat("within ", ways[way], ": armed %s, stopped %s, through %s"), armed, stopped, through);
            if (changed != 0) console.log("    changed by what it was within: %s", changed);
            uint256 missing;
            for (uint256 entry; entry < handler.ENTRIES(); ++entry) {
                if (handler.seenWithin(way, entry)) continue;
                console.log(string.concat("entry point %s was never within ", ways[way]), entry);
                ++missing;
            }
            require(missing <= 4, "too few entry points were tried within some call");
        }
    }

    function name(bytes32 action) private pure returns (string memory text) {
        uint256 length;
        while (length < 32 && action[length] != 0) ++length;
        text = new string(length);
        assembly ("memory-safe") {
            mstore(add(text, 32), action)
        }
    }

    function clean(bytes memory data) private view returns (bytes memory) {
        bytes4 selector = bytes4(data);
        (uint256 first, uint256 second) = (word(data, 36), word(data, 68));
        if (selector == handler.depositWithPermit.selector) return abi.encodeWithSelector(selector, first, second, second % 3 == 0);
        if (selector == handler.changeNode.selector || selector == handler.finishClose.selector) {
            return abi.encodeWithSelector(selector, first, second % 2 == 0);
        }
        if (selector == handler.setFee.selector) return abi.encodeWithSelector(selector, uint16(first));
        bool order = selector == handler.openTabWithOrder.selector || selector == handler.claimStandingOrder.selector;
        if (order || selector == handler.openTab.selector || selector == handler.topUp.selector || selector == handler.closeTab.selector) {
            return abi.encodeWithSelector(selector, first, uint64(second));
        }
        return abi.encodeWithSelector(selector, first, second);
    }

    function word(bytes memory data, uint256 offset) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(data, offset))
        }
    }
}
