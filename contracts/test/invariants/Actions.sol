// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
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

    /// @dev How the last recorded call ended. Stopped: by the guard, and by nothing else.
    enum Outcome {
        Nothing,
        Refused,
        Stopped,
        Through
    }

    /// @dev Set while an action is taken in the middle of another's call (Reentry.sol); `locked`: the core's guard is shut meanwhile.
    bool internal inside;
    bool internal locked;
    /// @dev Whose credits that action may lower.
    address private _fellInside;
    /// @dev The calls that `multicall` is about to make: whether the guard refuses one of them.
    bool internal guardedPart;
    bool internal barred;
    bytes4 private _error;
    Outcome internal outcome;
    bytes32 internal lastAction;

    function actionList() external view returns (bytes32[] memory) {
        return actions;
    }

    /// @dev Invariant 2: a call lowers nobody's credits but `actor`'s own.
    modifier lowersOnly(address actor) {
        if (!inside) _fellInside = address(0);
        uint256[] memory before = creditsOfAll();
        _;
        if (inside) _fellInside = actor;
        onlyFell(before, actor);
    }

    function creditsOfAll() private view returns (uint256[] memory all) {
        all = new uint256[](accounts.length);
        for (uint256 i; i < all.length; ++i) {
            all[i] = berth.credits(accounts[i]);
        }
    }

    function onlyFell(uint256[] memory before, address actor) private view {
        for (uint256 i; i < before.length; ++i) {
            bool may = accounts[i] == actor || accounts[i] == _fellInside;
            require(may || berth.credits(accounts[i]) >= before[i], "invariant 2: somebody else's credits fell");
        }
    }

    modifier drawn(bytes32 action) {
        draw(action);
        _;
    }

    function draw(bytes32 action) internal {
        if (inside) return;
        if (draws[action]++ == 0) actions.push(action);
    }

    function record(bytes32 action, bool success, bool expected) internal {
        if (inside) return recordInside(action, success, expected);
        outcome = success ? Outcome.Through : Outcome.Refused;
        require(success == expected, string.concat("model and contract differ: ", string(abi.encodePacked(action))));
        require(++calls[action] <= draws[action], "called more often than drawn");
        if (success) ++successes[action];
    }

    /// @dev What is expected is what the same call would do by itself; the guard refuses it all the same, where there is one.
    function recordInside(bytes32 action, bool success, bool expected) private {
        lastAction = action;
        if (barred && expected) {
            require(!success, string.concat("let in, in the middle of another call: ", string(abi.encodePacked(action))));
            require(_error == ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector, "refused, but not by the guard");
            outcome = Outcome.Stopped;
            return;
        }
        require(success == expected, string.concat("in the middle of a call, model and contract differ: ", string(abi.encodePacked(action))));
        outcome = success ? Outcome.Through : Outcome.Refused;
    }

    /// @dev Time stands still in the middle of a call.
    function warp(uint256 time) internal {
        if (!inside) vm.warp(time);
    }

    function attempt(address sender, bytes memory data) internal returns (bool success) {
        return attemptAt(address(berth), sender, data);
    }

    function attemptAt(address target, address sender, bytes memory data) internal returns (bool success) {
        barred = locked && target == address(berth) && guarded(bytes4(data));
        vm.prank(sender);
        bytes memory reason;
        (success, reason) = target.call(data);
        _error = bytes4(reason);
    }

    /// @dev All that the core's guard stands before: what calls the reserve. Reservations have none.
    function guarded(bytes4 selector) private view returns (bool) {
        if (selector == berth.multicall.selector) return guardedPart;
        return selector == berth.deposit.selector || selector == berth.depositWithPermit.selector
            || selector == berth.withdraw.selector || selector == berth.withdrawFees.selector;
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
