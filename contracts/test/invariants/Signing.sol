// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {vm} from "./Vm.sol";

/// @notice EIP-712 signing for one Berth contract, written out a second time on purpose: nothing here is imported from src.
abstract contract Signing {
    bytes32 internal domain;

    function domainOf(uint256 chainId, address core) internal pure returns (bytes32) {
        bytes32 typehash = keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        return keccak256(abi.encode(typehash, keccak256("Berth"), keccak256("1"), chainId, core));
    }

    function signWith(uint256 key, bytes32 domain_, bytes32 structHash) internal pure returns (bytes32 r, bytes32 vs) {
        uint8 v;
        bytes32 s;
        (v, r, s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain_, structHash)));
        vs = bytes32(uint256(s) | (uint256(v - 27) << 255));
    }

    function sign(uint256 key, bytes32 structHash) internal view returns (bytes32 r, bytes32 vs) {
        return signWith(key, domain, structHash);
    }

    function receiptHash(address node, uint32 day, uint64 gpuMs, uint64 amount, bytes32 recordsHash) internal pure returns (bytes32) {
        bytes32 typehash = keccak256("Receipt(address node,uint32 day,uint64 gpuMs,uint64 amount,bytes32 recordsHash)");
        return keccak256(abi.encode(typehash, node, day, gpuMs, amount, recordsHash));
    }

    function consentHash(address tenant, address node) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("TabConsent(address tenant,address node)"), tenant, node));
    }

    function closeHash(address signer, address node, uint64 amount, uint64 deadline) internal pure returns (bytes32) {
        bytes32 typehash = keccak256("TabClose(address signer,address node,uint64 amount,uint64 deadline)");
        return keccak256(abi.encode(typehash, signer, node, amount, deadline));
    }

    function registrationHash(address operator) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256("NodeRegistration(address operator)"), operator));
    }

    /// @notice A line of a batch, signed by `key` under `domain_`.
    function lineUnder(bytes32 domain_, uint256 key, address node, uint32 day, uint64 amount) internal pure returns (bytes memory) {
        bytes32 recordsHash = keccak256(abi.encode(key, node, amount));
        (bytes32 r, bytes32 vs) = signWith(key, domain_, receiptHash(node, day, amount, amount, recordsHash));
        return abi.encodePacked(amount, amount, recordsHash, r, vs);
    }
}
