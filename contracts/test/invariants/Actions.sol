// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ghost} from "./Ghost.sol";
import {vm} from "./Vm.sol";

/// @notice What every action needs: the call, its expected outcome, its counters, and the choice of a tab.
abstract contract Actions is Ghost {
    mapping(bytes32 action => uint256) public calls;
    mapping(bytes32 action => uint256) public successes;
    bytes32[] internal actions;
    uint256[] internal before;

    function actionList() external view returns (bytes32[] memory) {
        return actions;
    }

    /// @dev Invariant 2: a call lowers nobody's credits but `actor`'s own.
    modifier lowersOnly(address actor) {
        delete before;
        for (uint256 i; i < accounts.length; ++i) {
            before.push(berth.credits(accounts[i]));
        }
        _;
        for (uint256 i; i < accounts.length; ++i) {
            require(accounts[i] == actor || berth.credits(accounts[i]) >= before[i], "invariant 2: somebody else's credits fell");
        }
    }

    function record(bytes32 action, bool success, bool expected) internal {
        require(success == expected, string.concat("model and contract differ: ", string(abi.encodePacked(action))));
        if (calls[action]++ == 0) actions.push(action);
        if (success) ++successes[action];
    }

    function attempt(address sender, bytes memory data) internal returns (bool success) {
        vm.prank(sender);
        (success,) = address(berth).call(data);
    }

    function tenantOf(uint256 seed) internal view returns (address) {
        return ghostTabs.length == 0 ? address(0) : ghostTabs[aliveTab(seed)].tenant;
    }

    /// @dev Looks on from a random tab for an open one; closed tabs are met when there is no other, and one time in sixteen.
    function aliveTab(uint256 seed) internal view returns (uint256 i) {
        i = (seed >> 3) % ghostTabs.length;
        if ((seed >> 128) % 16 == 0) return i;
        for (uint256 tries; tries < ghostTabs.length && ghostTabs[i].closed; ++tries) {
            i = (i + 1) % ghostTabs.length;
        }
    }

    function closingTab(uint256 seed) internal view returns (uint256 i) {
        i = seed % ghostTabs.length;
        for (uint256 tries; tries < ghostTabs.length; ++tries) {
            if (!ghostTabs[i].closed && ghostTabs[i].closeRequestedAt != 0) return i;
            i = (i + 1) % ghostTabs.length;
        }
    }
}
