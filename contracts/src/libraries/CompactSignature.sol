// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title CompactSignature
/// @notice ECDSA in its one accepted form: EIP-2098 (`r`, `vs`) with low s. Never ERC-1271: a contract's answer can change after
/// the work was done, a key's signature can't.
library CompactSignature {
    /// @dev Half the order of secp256k1. A higher s is the same signature in a second form.
    uint256 internal constant MAX_S = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @return signer who signed `digest`, or zero if the signature is invalid or has a high s.
    function recover(bytes32 digest, bytes32 r, bytes32 vs) internal pure returns (address signer) {
        uint256 s = uint256(vs) & (type(uint256).max >> 1);
        if (s > MAX_S) return address(0);
        return ecrecover(digest, uint8(uint256(vs) >> 255) + 27, r, bytes32(s));
    }
}
