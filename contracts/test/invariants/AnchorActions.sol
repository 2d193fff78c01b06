// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ComputeRecords} from "../../src/ComputeRecords.sol";
import {Actions} from "./Actions.sol";
import {deployRecords, Log, vm} from "./Vm.sol";

/// @notice Anyone anchors, and anything: the contract believes none of it, and keeps each recorder's chain apart.
abstract contract AnchorActions is Actions {
    ComputeRecords private immutable _records = deployRecords();
    mapping(address recorder => bytes32) private _heads;

    /// @dev Every eighth time with ether, every eighth time cut off in the middle. Roots come again and are zero; records are empty, no
    /// records at all, or many.
    function anchor(uint256 seed) external drawn("anchor") lowersOnly(address(0)) {
        address recorder = recorderOf(seed >> 8);
        bytes32 root = (seed >> 16) % 4 == 0 ? bytes32((seed >> 24) % 2) : bytes32(seed);
        bytes memory records = recordsOf(seed >> 32);
        uint256 number = block.number + (inside ? 0 : (seed >> 48) % 3);
        vm.roll(number);
        bytes memory data = abi.encodeCall(_records.anchor, (root, records));
        if (seed % 8 == 1) data = cut(data, 67);
        vm.deal(recorder, 1);
        vm.recordLogs();
        vm.prank(recorder);
        (bool success,) = address(_records).call{value: seed % 8 == 0 ? 1 : 0}(data);
        record("anchor", success, seed % 8 > 1);
        if (success) {
            _heads[recorder] = keccak256(bytes.concat(_heads[recorder], root, bytes32(number)));
            checkEvent(recorder, root, records);
        }
        for (uint256 i; i < accounts.length + NODES; ++i) {
            require(_records.heads(recorderOf(i)) == _heads[recorderOf(i)], "a chain of anchors differs from the ghost's");
        }
    }

    function checkEvent(address recorder, bytes32 root, bytes memory records) private {
        Log[] memory logs = vm.getRecordedLogs();
        require(logs.length == 1 && logs[0].emitter == address(_records) && logs[0].topics.length == 2, "an anchor is not one event");
        require(logs[0].topics[0] == keccak256("Anchored(address,bytes32,bytes32,bytes)"), "an anchor is another event");
        require(logs[0].topics[1] == bytes32(uint256(uint160(recorder))), "an anchor is under another's name");
        require(keccak256(logs[0].data) == keccak256(abi.encode(root, _heads[recorder], records)), "an anchor says something else");
    }

    function recorderOf(uint256 seed) private view returns (address) {
        uint256 i = seed % (accounts.length + NODES);
        return i < NODES ? nodes[i] : accounts[i - NODES];
    }

    /// @dev Of every length up to 1,500 bytes. A third begins with the version byte of docs/formats.md and goes on as nothing there does.
    function recordsOf(uint256 seed) private pure returns (bytes memory records) {
        if (seed % 4 == 0) return "";
        records = new bytes((seed >> 8) % 1500);
        for (uint256 i; i < records.length; i += 32) {
            bytes32 word = seed % 4 == 1 ? bytes32(type(uint256).max) : keccak256(abi.encode(seed, i));
            // Memory comes in whole words: the last one may reach beyond the length, never beyond what is the array's.
            assembly ("memory-safe") {
                mstore(add(add(records, 32), i), word)
            }
        }
        if (seed % 4 == 2 && records.length != 0) records[0] = 0x01;
    }

    /// @dev Its first bytes: the head of the arguments, whose offset then points outside.
    function cut(bytes memory data, uint256 length) private pure returns (bytes memory) {
        assembly ("memory-safe") {
            mstore(data, length)
        }
        return data;
    }
}
