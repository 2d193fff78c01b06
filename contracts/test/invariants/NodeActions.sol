// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {NodeProfile, Offer} from "../../src/interfaces/INodeRegistry.sol";
import {Actions} from "./Actions.sol";
import {vm} from "./Vm.sol";

/// @notice Nodes come, change and retire.
abstract contract NodeActions is Actions {
    /// @dev A key that was seen once: it is registered, and may retire.
    struct PassingNode {
        address node;
        address operator;
        bool retired;
    }

    mapping(uint256 key => bool) internal usedKeys;
    PassingNode[] private _passing;

    function registerNode(uint256 seed) external drawn("registerNode") lowersOnly(address(0)) {
        uint256 node = seed % NODES;
        // Once the nodes of this run are there, mostly keys that nobody has seen: all that they do further is retire.
        uint256 key = registered[node] && seed % 3 != 0 ? uint256(keccak256(abi.encode("fresh", seed))) : nodeKeys[node];
        address operator = seed % 4 == 0 ? accounts[7] : operatorOf(node);
        // The key signed for its true operator: a stranger can't use the signature.
        (bytes32 r, bytes32 vs) = sign(key, registrationHash(operatorOf(node)));
        NodeProfile memory profile = NodeProfile(uint8(seed >> 8) % 3, "DE", new string[](0), new address[](0), bytes32(seed));
        bytes memory data = abi.encodeCall(berth.registerNode, (vm.addr(key), r, vs, profile, new Offer[](0)));
        bool success = attempt(operator, data);
        bool known = key == nodeKeys[node] ? registered[node] : usedKeys[key];
        record("registerNode", success, !known && operator == operatorOf(node));
        if (success && key == nodeKeys[node]) registered[node] = true;
        if (success && key != nodeKeys[node]) _passing.push(PassingNode(vm.addr(key), operator, false));
        if (success) usedKeys[key] = true;
    }

    function changeNode(uint256 seed, bool offers) external drawn("changeNode") lowersOnly(address(0)) {
        // Mostly one of the two that never retire.
        uint256 node = (seed >> 16) % 4 == 0 ? (seed >> 20) % NODES : (seed >> 20) % 2;
        address sender = seed % 5 == 0 ? accounts[7] : seed % 5 == 1 ? nodes[node] : operatorOf(node);
        NodeProfile memory profile = NodeProfile(uint8(seed >> 8) % 4, "DE", new string[](1), new address[](1), bytes32(seed));
        bool success = offers
            ? attempt(sender, abi.encodeCall(berth.setOffers, (nodes[node], new Offer[](0))))
            : attempt(sender, abi.encodeCall(berth.updateNode, (nodes[node], profile)));
        record("changeNode", success, registered[node] && !retired[node] && sender != accounts[7] && (offers || profile.tier < 3));
    }

    function retireNode(uint256 seed) external drawn("retireNode") lowersOnly(address(0)) {
        if (seed % 8 != 0 && _passing.length != 0) return retirePassing(seed >> 8);
        // Two nodes stay for the whole run.
        uint256 node = 2 + (seed >> 8) % (NODES - 2);
        address sender = (seed >> 16) % 4 == 0 ? nodes[node] : operatorOf(node);
        bool success = attempt(sender, abi.encodeCall(berth.retireNode, (nodes[node])));
        record("retireNode", success, registered[node] && !retired[node] && sender == operatorOf(node));
        if (success) retired[node] = true;
    }

    /// @dev Looks on for one that is not retired, but for one time in eight.
    function retirePassing(uint256 seed) private {
        uint256 i = (seed >> 8) % _passing.length;
        for (uint256 tries; tries < _passing.length && _passing[i].retired && seed % 8 != 0; ++tries) {
            i = (i + 1) % _passing.length;
        }
        PassingNode storage it = _passing[i];
        address sender = (seed >> 4) % 8 == 0 ? it.node : (seed >> 4) % 8 == 1 ? accounts[7] : it.operator;
        bool success = attempt(sender, abi.encodeCall(berth.retireNode, (it.node)));
        record("retireNode", success, !it.retired && sender == it.operator);
        if (success) it.retired = true;
    }
}
