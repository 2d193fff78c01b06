// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Berth} from "../../src/Berth.sol";
import {ComputeRecords} from "../../src/ComputeRecords.sol";

/// @notice An event, as it was emitted.
struct Log {
    bytes32[] topics;
    bytes data;
    address emitter;
}

/// @notice The cheatcodes that these tests use.
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function chainId(uint256 id) external;
    function deal(address account, uint256 balance) external;
    function getCode(string calldata artifact) external view returns (bytes memory);
    function getRecordedLogs() external returns (Log[] memory);
    function prank(address sender) external;
    function recordLogs() external;
    function roll(uint256 blockNumber) external;
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function unixTime() external view returns (uint256 milliseconds);
    function warp(uint256 timestamp) external;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @notice The core, made of what lies in its artifact. By `new`, every contract here that makes one would carry it and have it optimized
/// once more; and a wrong core can be put in its place (test/mutation).
function deployCore(address reserve, address owner) returns (Berth) {
    return Berth(create(bytes.concat(vm.getCode("Berth.sol:Berth"), abi.encode(reserve, owner))));
}

/// @notice The same of the records.
function deployRecords() returns (ComputeRecords) {
    return ComputeRecords(create(vm.getCode("ComputeRecords.sol:ComputeRecords")));
}

function create(bytes memory code) returns (address made) {
    assembly ("memory-safe") {
        made := create(0, add(code, 32), mload(code))
    }
    require(made != address(0), "a contract could not be made");
}

uint256 constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

function bound(uint256 x, uint256 min, uint256 max) pure returns (uint256) {
    return min + x % (max - min + 1);
}
