// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CompactSignature} from "./CompactSignature.sol";

/// @title ReceiptLoop
/// @notice The loop over the lines of a settlement group: the one place where gas decides how code looks. It pays lines until one
/// does not pay, and leaves that one to Solidity. In plain Solidity the same steps take 570 gas a line more (of 13,200).
///
/// Memory. A frame is laid out once a batch and reused by every line: struct hash, digest, ecrecover and event read their inputs
/// from it in place. It lies at a fixed address, so that its offsets are literals.
///
///   address  content                                 read by
///   0x200    RECEIPT_TYPEHASH          once a batch   struct hash 0x200..0x2c0
///   0x220    node                      a group        |
///   0x240    day                       a group        |    event data 0x240..0x2e0
///   0x260    gpuMs                     a line         |    |
///   0x280    amount                    a line         |    |
///   0x2a0    recordsHash, then paid    a line         |    |
///   0x2c0    recordsHash               a line              |
///   0x2e0    0x1901                    once a batch   digest 0x2e0..0x322
///   0x2e2    domain separator          once a batch   |
///   0x302    struct hash               a line         |
///   0x340    digest, v, r, s           a line         ecrecover 0x340..0x3c0
///
/// Scratch space: ecrecover answers to 0x00, and 0x20 holds the slot of the node's mapping, so 0x00..0x40 is the preimage of a
/// tab's slot as Solidity defines it (keccak256(key . slot)) without another store.
library ReceiptLoop {
    /// @dev Bytes of a line in calldata: gpuMs 8 | amount 8 | recordsHash 32 | r 32 | vs 32.
    uint256 internal constant LINE = 112;

    bytes32 internal constant RECEIPT_TYPEHASH =
        keccak256("Receipt(address node,uint32 day,uint64 gpuMs,uint64 amount,bytes32 recordsHash)");
    bytes32 private constant SETTLED_TOPIC = keccak256("Settled(address,address,uint32,uint64,uint64,uint64,bytes32)");

    uint256 private constant FRAME = 0x200;
    uint256 private constant FRAME_END = 0x3c0;
    uint256 private constant NODE = 0x220;
    uint256 private constant DAY = 0x240;
    uint256 private constant GPU_MS = 0x260;
    uint256 private constant GPU_MS_LOW = 0x278;
    uint256 private constant AMOUNT = 0x280;
    uint256 private constant RECORDS_HASH = 0x2a0;
    uint256 private constant RECORDS_HASH_AGAIN = 0x2c0;
    uint256 private constant PREFIX = 0x2e0;
    uint256 private constant DOMAIN = 0x2e2;
    uint256 private constant STRUCT_HASH = 0x302;
    uint256 private constant DIGEST = 0x340;
    uint256 private constant V = 0x360;
    uint256 private constant R = 0x380;
    uint256 private constant S = 0x3a0;

    uint256 private constant U64 = 0xffffffffffffffff;
    uint256 private constant FEE_MASK = 0xffff0000000000000000;
    uint256 private constant BPS = 10000;

    /// @notice Takes the frame's memory and writes what all lines share.
    /// @dev Safe for Solidity's memory: the free pointer moves past the frame before anything is written. A caller that has
    /// allocated so much that the frame is taken is a bug of this contract's; it reverts.
    function begin(bytes32 domainSeparator) internal pure {
        bytes32 typehash = RECEIPT_TYPEHASH;
        assembly ("memory-safe") {
            if gt(mload(0x40), FRAME) { revert(0, 0) }
            mstore(0x40, FRAME_END)
            mstore(FRAME, typehash)
            mstore(GPU_MS, 0)
            mstore(PREFIX, shl(240, 0x1901))
            mstore(DOMAIN, domainSeparator)
        }
    }

    /// @notice Writes what the lines of a group share.
    function beginGroup(address node, uint32 day) internal pure {
        assembly ("memory-safe") {
            mstore(NODE, shr(96, shl(96, node)))
            mstore(DAY, and(day, 0xffffffff))
        }
    }

    /// @notice Pays the lines from calldata offset `line` up to `end` (at least one), or up to the first one that pays nothing.
    /// @param tabsOfNode slot of the mapping signer -> Tab of the group's node; a Tab's first slot is its TabWord
    /// @return stoppedAt the line that paid nothing, or `end`
    /// @return signer who signed that line; zero if its signature is invalid or has a high s
    /// @return paid sum of what the lines paid
    /// @return fee the fees in it
    /// @dev Per line: recover the signer; pay = min(amount, deposit) - spent if that is positive; store; emit `Settled`. The same as
    /// TabWord.pay (a fuzz test compares them). The state need not be read: only an open tab has spent < deposit. No sum
    /// overflows: fewer than 2^16 lines of less than 2^64 each, and a tab's spent + paid <= deposit < 2^64 stays in its field.
    function payLines(uint256 line, uint256 end, uint256 tabsOfNode)
        internal
        returns (uint256 stoppedAt, address signer, uint256 paid, uint256 fee)
    {
        bytes32 topic = SETTLED_TOPIC;
        uint256 sLimit = CompactSignature.MAX_S + 1;
        assembly ("memory-safe") {
            mstore(0x20, tabsOfNode)
            for {} 1 {} {
                let head := calldataload(line)
                let amount := and(shr(128, head), U64)
                // gpuMs lands in the low 8 bytes of its word; what spills into the next word is overwritten at once.
                mstore(GPU_MS_LOW, head)
                mstore(AMOUNT, amount)
                let recordsHash := calldataload(add(line, 16))
                mstore(RECORDS_HASH, recordsHash)
                mstore(RECORDS_HASH_AGAIN, recordsHash)
                mstore(STRUCT_HASH, keccak256(FRAME, 0xc0))
                mstore(DIGEST, keccak256(PREFIX, 0x42))
                let vs := calldataload(add(line, 80))
                let s := shr(1, shl(1, vs))
                // A high s makes v zero, for which ecrecover answers nothing.
                mstore(V, mul(lt(s, sLimit), add(27, shr(255, vs))))
                mstore(R, calldataload(add(line, 48)))
                mstore(S, s)
                // Cleared, because an ecrecover that fails writes nothing: signer 0 has no tab, the last line's signer has one.
                mstore(0x00, 0)
                pop(staticcall(gas(), 1, DIGEST, 0x80, 0x00, 0x20))

                let slot := keccak256(0x00, 0x40)
                let word := sload(slot)
                let spent := shr(192, word)
                let target := and(word, U64)
                // min(amount, deposit) without a jump
                target := xor(target, mul(xor(target, amount), lt(amount, target)))
                if iszero(gt(target, spent)) { break }

                let due := sub(target, spent)
                sstore(slot, add(word, shl(192, due)))
                paid := add(paid, due)
                if and(word, FEE_MASK) {
                    let bps := and(shr(64, word), 0xffff)
                    fee := add(fee, sub(div(mul(target, bps), BPS), div(mul(spent, bps), BPS)))
                }
                mstore(RECORDS_HASH, due)
                log3(DAY, 0xa0, topic, mload(NODE), mload(0x00))
                line := add(line, LINE)
                if eq(line, end) { break }
            }
            stoppedAt := line
            signer := mload(0x00)
        }
    }
}
