// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../../src/interfaces/IVerifiers.sol";
import {Actions} from "./Actions.sol";
import {vm} from "./Vm.sol";

/// @notice Sets of verifiers, and roots that they sign.
abstract contract VerifierActions is Actions {
    mapping(uint256 day => bool) private _attested;

    function addSet(uint256 seed) external drawn("addSet") lowersOnly(address(0)) {
        uint256 count = (seed >> 8) % (VERIFIERS + 1);
        address[] memory members = new address[](count);
        for (uint256 n; n < count; ++n) {
            members[n] = vm.addr(verifierKeys[n]);
        }
        uint256 fault = seed % 8;
        if (fault == 0 && count > 1) (members[0], members[1]) = (members[1], members[0]);
        uint8 threshold = count == 0 ? 0 : uint8(1 + (seed >> 16) % count);
        if (fault == 1) threshold = uint8(count + 1);
        address sender = fault == 2 ? accounts[7] : owner;
        bool success = attemptAt(address(berth.verifiers()), sender, abi.encodeWithSignature("addSet(uint8,address[])", threshold, members));
        record("addSet", success, fault > 2 || (fault == 0 && count < 2));
        if (success) ghostSets.push(SetGhost(threshold, count));
    }

    function attest(uint256 seed) external drawn("attest") lowersOnly(address(0)) {
        uint256 day = block.timestamp / 1 days - ((seed >> 8) % 8 == 0 ? 0 : (seed >> 12) % 8 == 0 ? 3 : 1 + (seed >> 16) % 2);
        if ((ghostSets.length == 0 || _attested[day]) && seed % 8 != 0) return;
        bytes32 root = bytes32(seed);
        bytes32 hash = keccak256(abi.encode(keccak256("Attestation(uint32 day,bytes32 root)"), uint32(day), root));
        (uint256 bitmap, Signature[] memory signatures, bool enough) = quorum(ghostSets.length, hash, seed >> 24);
        bytes memory data = abi.encodeCall(berth.verifiers().attest, (uint32(day), root, bitmap, signatures));
        bool timely = block.timestamp >= (day + 1) * 1 days && block.timestamp < (day + 3) * 1 days;
        bool success = attemptAt(address(berth.verifiers()), accounts[7], data);
        record("attest", success, timely && enough && !_attested[day]);
        if (success) _attested[day] = true;
    }
}
