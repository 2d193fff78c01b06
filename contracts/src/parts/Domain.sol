// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CompactSignature} from "../libraries/CompactSignature.sol";

/// @title Domain
/// @notice EIP-712 domain of everything signed for Berth, on chain and off.
abstract contract Domain {
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant NAME_HASH = keccak256("Berth");
    bytes32 private constant VERSION_HASH = keccak256("1");

    /// @dev The core contract, whose address stands in everything that is signed; other contracts of Berth say which one is theirs.
    function _core() internal view virtual returns (address) {
        return address(this);
    }

    /// @dev Computed anew each time: a cached one stays valid on the other side of a chain split, and saves less than 200 gas.
    function _domainSeparator() internal view returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPEHASH, NAME_HASH, VERSION_HASH, block.chainid, _core()));
    }

    /// @dev Who signed the struct with `structHash` for this chain and contract; zero if the signature is not valid.
    function _recover(bytes32 structHash, bytes32 r, bytes32 vs) internal view returns (address) {
        return CompactSignature.recover(keccak256(abi.encodePacked(hex"1901", _domainSeparator(), structHash)), r, vs);
    }
}
