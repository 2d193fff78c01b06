// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../../src/interfaces/IVerifiers.sol";
import {Ghost} from "./Ghost.sol";
import {vm} from "./Vm.sol";

/// @notice What every action needs: the call, its expected outcome, its counters, and the choice of a tab.
abstract contract Actions is Ghost {
    /// @dev How a call ends that shall leave nothing behind, and that found nothing wrong.
    error Undone();

    /// @dev Drawn: the fuzzer or the walk chose it. Called: it found something to do. A filter that throws most draws away shows.
    mapping(bytes32 action => uint256) public draws;
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

    modifier drawn(bytes32 action) {
        draw(action);
        _;
    }

    function draw(bytes32 action) internal {
        if (draws[action]++ == 0) actions.push(action);
    }

    function record(bytes32 action, bool success, bool expected) internal {
        require(success == expected, string.concat("model and contract differ: ", string(abi.encodePacked(action))));
        require(++calls[action] <= draws[action], "called more often than drawn");
        if (success) ++successes[action];
    }

    function attempt(address sender, bytes memory data) internal returns (bool success) {
        return attemptAt(address(berth), sender, data);
    }

    function attemptAt(address target, address sender, bytes memory data) internal returns (bool success) {
        vm.prank(sender);
        (success,) = target.call(data);
    }

    /// @dev Calls a function of the handler that ends with `Undone`; what else it says is passed on.
    function undone(bytes memory data) internal {
        (, bytes memory reason) = address(this).call(data);
        if (bytes4(reason) == Undone.selector) return;
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    /// @dev Signatures of members of set `id` over a struct: mostly enough, else one too few, one of a stranger, or one beside its bit.
    function quorum(uint256 id, bytes32 structHash, uint256 seed)
        internal
        view
        returns (uint256 bitmap, Signature[] memory signatures, bool enough)
    {
        SetGhost memory set = id == 0 ? SetGhost(1, 1) : ghostSets[id - 1];
        uint256 fault = seed % 16;
        uint256 count = set.threshold + (seed >> 8) % (set.count - set.threshold + 1);
        if (fault == 0 && count != 0) count = set.threshold - 1;
        signatures = new Signature[](count);
        uint256 skipped = set.count - count;
        uint256 next;
        for (uint256 n; n < set.count && next < count; ++n) {
            // leaves some out, wherever the seed says
            if (skipped != 0 && (seed >> (16 + n)) % 2 == 0) {
                --skipped;
                continue;
            }
            bitmap |= 1 << n;
            uint256 key = fault == 1 && next == 0 ? nodeKeys[0] : verifierKeys[n];
            (signatures[next].r, signatures[next].vs) = sign(key, structHash);
            ++next;
        }
        if (fault == 2) bitmap |= 1 << set.count;
        enough = id != 0 && set.threshold != 0 && count >= set.threshold && next == count && fault > 2;
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
