// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {console} from "hardhat/console.sol";
import {TabState, TabView} from "../../src/interfaces/ITabs.sol";
import {Ghost} from "./Ghost.sol";
import {Handler} from "./Handler.sol";
import {vm} from "./Vm.sol";

/// @notice Invariants 1, 2, 3, 6 and 7 over any sequence of calls. 2 and 7 are checked inside each action (Handler.sol).
contract BerthInvariants {
    Handler internal handler;

    function setUp() public {
        // A day of today: orders reach back before it.
        vm.warp(1_795_219_200);
        handler = new Handler();
        for (uint256 i; i < 40; ++i) {
            handler.registerNode(i);
            handler.deposit(i, uint256(keccak256(abi.encode("first", i))));
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

    /// @dev `settle` and `openTab` twice: they are what the others live on.
    function handlerSelectors() internal view returns (bytes4[] memory list) {
        list = new bytes4[](22);
        list[0] = handler.deposit.selector;
        list[1] = handler.depositWithPermit.selector;
        list[2] = handler.withdraw.selector;
        list[3] = handler.registerNode.selector;
        list[4] = handler.changeNode.selector;
        list[5] = handler.retireNode.selector;
        list[6] = handler.openTab.selector;
        list[7] = handler.topUp.selector;
        list[8] = handler.requestClose.selector;
        list[9] = handler.finishClose.selector;
        list[10] = handler.closeTab.selector;
        list[11] = handler.settle.selector;
        list[12] = handler.setFee.selector;
        list[13] = handler.setPaused.selector;
        list[14] = handler.withdrawFees.selector;
        list[15] = handler.multicall.selector;
        list[16] = handler.gift.selector;
        list[17] = handler.passTime.selector;
        list[18] = handler.openTab.selector;
        list[19] = handler.settle.selector;
        list[20] = handler.openTabWithOrder.selector;
        list[21] = handler.claimStandingOrder.selector;
    }

    function invariant_1_reserveHeldIsCreditsTabsAndFees() public view {
        uint256 sum = handler.inTabs() + handler.ghostFees() + handler.ghostGifts();
        for (uint256 i; i < 8; ++i) {
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

    function afterInvariant() public {
        handler.everyoneLeaves();
    }

    /// @notice A long walk whose numbers are printed: a handler that never succeeds tests nothing.
    function test_everyHandlerSucceedsAtLeastOneTimeInFive() public {
        bytes4[] memory list = handlerSelectors();
        for (uint256 step; step < 1000; ++step) {
            uint256 draw = uint256(keccak256(abi.encode("walk", step)));
            bytes memory data = abi.encodePacked(list[draw % list.length], uint256(keccak256(abi.encode(draw, 1))), draw >> 9);
            // bool and small integers among the arguments: keep them in range for the decoder
            (bool success, bytes memory reason) = address(handler).call(clean(data));
            if (!success) {
                assembly ("memory-safe") {
                    revert(add(reason, 32), mload(reason))
                }
            }
            if (step % 50 == 0) {
                invariant_1_reserveHeldIsCreditsTabsAndFees();
                invariant_3_aTabPaysAtMostDepositAndWhatWasSigned();
            }
        }
        bytes32[] memory actions = handler.actionList();
        for (uint256 i; i < actions.length; ++i) {
            (uint256 calls, uint256 successes) = (handler.calls(actions[i]), handler.successes(actions[i]));
            console.log(string.concat(name(actions[i]), ": %s of %s calls succeeded"), successes, calls);
            require(successes * 5 >= calls, "a handler succeeds less than one time in five");
        }
        require(actions.length == 20, "a handler was never called");
        handler.everyoneLeaves();
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
        bool shortAmount = selector == handler.openTab.selector || selector == handler.topUp.selector || selector == handler.closeTab.selector
            || selector == handler.openTabWithOrder.selector || selector == handler.claimStandingOrder.selector;
        if (shortAmount) return abi.encodeWithSelector(selector, first, uint64(second));
        return abi.encodeWithSelector(selector, first, second);
    }

    function word(bytes memory data, uint256 offset) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(data, offset))
        }
    }
}
