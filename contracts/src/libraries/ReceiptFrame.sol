// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CompactSignature} from "./CompactSignature.sol";

/// @notice A piece of memory that is laid out once per batch and reused by every line: the hashing of a receipt, the call of
/// ecrecover and the event read their inputs from it in place. This is where a line's gas is decided, hence the assembly.
///
///   offset  content                              read by
///   0x000   RECEIPT_TYPEHASH       once          |
///   0x020   node                   per group     | struct hash: 0x000..0x0c0
///   0x040   day                    per group     |  |
///   0x060   gpuMs                  per line      |  |
///   0x080   amount                 per line      |  | event data: 0x040..0x0e0
///   0x0a0   recordsHash, then paid per line      |  |
///   0x0c0   recordsHash again      per line         |
///   0x0e0   0x1901                 once          |
///   0x0e2   domain separator       once          | digest: 0x0e0..0x122
///   0x102   struct hash            per line      |
///   0x140   digest, v, r, s        per line      ecrecover: 0x140..0x1c0
type ReceiptFrame is uint256;

using ReceiptFrameLib for ReceiptFrame global;

/// @title ReceiptFrameLib
/// @dev Every block is memory-safe: it writes only inside the frame (below the free pointer after `create`) and scratch space.
library ReceiptFrameLib {
    /// @dev Bytes of a line in calldata: gpuMs 8 | amount 8 | recordsHash 32 | r 32 | vs 32.
    uint256 internal constant LINE = 112;
    uint256 private constant SIZE = 0x1c0;
    bytes32 internal constant RECEIPT_TYPEHASH =
        keccak256("Receipt(address node,uint32 day,uint64 gpuMs,uint64 amount,bytes32 recordsHash)");
    bytes32 private constant SETTLED_TOPIC = keccak256("Settled(address,address,uint32,uint64,uint64,uint64,bytes32)");

    /// @notice Takes the frame's memory and writes what all lines share.
    function create(bytes32 domainSeparator) internal pure returns (ReceiptFrame frame) {
        bytes32 typehash = RECEIPT_TYPEHASH;
        assembly ("memory-safe") {
            frame := mload(0x40)
            mstore(0x40, add(frame, SIZE))
            mstore(frame, typehash)
            mstore(add(frame, 0xe0), shl(240, 0x1901))
            mstore(add(frame, 0xe2), domainSeparator)
        }
    }

    /// @notice Writes what the lines of a group share.
    function setGroup(ReceiptFrame frame, address node, uint256 day) internal pure {
        assembly ("memory-safe") {
            mstore(add(frame, 0x20), shr(96, shl(96, node)))
            mstore(add(frame, 0x40), day)
        }
    }

    /// @notice Reads the line at calldata offset `line` into the frame and recovers who signed it.
    /// @return signer zero if the signature is invalid or has a high s
    /// @return amount the receipt's cumulative amount, below 2^64
    /// @dev The caller has checked that the line lies within the batch.
    function recover(ReceiptFrame frame, uint256 line) internal view returns (address signer, uint256 amount) {
        uint256 maxS = CompactSignature.MAX_S;
        assembly ("memory-safe") {
            let head := calldataload(line)
            amount := and(shr(128, head), 0xffffffffffffffff)
            mstore(add(frame, 0x60), shr(192, head))
            mstore(add(frame, 0x80), amount)
            mstore(add(frame, 0xa0), calldataload(add(line, 16)))
            mstore(add(frame, 0x102), keccak256(frame, 0xc0))
            let vs := calldataload(add(line, 80))
            let s := shr(1, shl(1, vs))
            if iszero(gt(s, maxS)) {
                let input := add(frame, 0x140)
                mstore(input, keccak256(add(frame, 0xe0), 0x42))
                mstore(add(input, 0x20), add(27, shr(255, vs)))
                mstore(add(input, 0x40), calldataload(add(line, 48)))
                mstore(add(input, 0x60), s)
                // ecrecover returns nothing, and leaves scratch as it was, when nothing recovers.
                mstore(0x00, 0)
                pop(staticcall(gas(), 1, input, 0x80, 0x00, 0x20))
                signer := mload(0x00)
            }
        }
    }

    /// @notice Emits `Settled` for the line that `recover` has read last.
    function emitSettled(ReceiptFrame frame, address signer, uint256 paid) internal {
        bytes32 topic = SETTLED_TOPIC;
        assembly ("memory-safe") {
            mstore(add(frame, 0xc0), mload(add(frame, 0xa0)))
            mstore(add(frame, 0xa0), paid)
            log3(add(frame, 0x40), 0xa0, topic, mload(add(frame, 0x20)), signer)
        }
    }
}
