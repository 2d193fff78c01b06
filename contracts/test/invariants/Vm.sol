// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Berth} from "../../src/Berth.sol";

/// @notice The cheatcodes that these tests use.
interface Vm {
    function addr(uint256 key) external pure returns (address);
    function chainId(uint256 id) external;
    function getCode(string calldata artifact) external view returns (bytes memory);
    function prank(address sender) external;
    function sign(uint256 key, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
    function unixTime() external view returns (uint256 milliseconds);
    function warp(uint256 timestamp) external;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

/// @notice The core, made of what lies in its artifact. By `new`, every contract here that makes one would carry it and have it optimized
/// once more; and a wrong core can be put in its place (test/mutation).
function deployCore(address reserve, address owner) returns (Berth) {
    bytes memory code = bytes.concat(vm.getCode("Berth.sol:Berth"), abi.encode(reserve, owner));
    address made;
    assembly ("memory-safe") {
        made := create(0, add(code, 32), mload(code))
    }
    require(made != address(0), "the core could not be made");
    return Berth(made);
}

uint256 constant CURVE_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

function bound(uint256 x, uint256 min, uint256 max) pure returns (uint256) {
    return min + x % (max - min + 1);
}
