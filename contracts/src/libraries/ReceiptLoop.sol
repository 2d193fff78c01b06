// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {CompactSignature} from "./CompactSignature.sol";

// In assembly on purpose, and one loop in one function: its notice says what that saves.
/* solhint-disable no-inline-assembly, function-max-lines */

/// @title ReceiptLoop
/// @notice The loop over the lines of a settlement group: the one place where gas decides how code looks. It pays lines until one
/// does not pay, and leaves that one to Solidity. What each trick gave, and what was tried and dropped: bench/gas/PUSH.md.
///
/// Memory. A frame is laid out once a batch and reused by every line: struct hash, digest, ecrecover, storage slot and event read
/// their inputs from it in place. It lies at a fixed address, so that its offsets are literals.
///
///   address  content                                  read by
///   0x200    RECEIPT_TYPEHASH           once a batch   struct hash 0x200..0x2c0
///   0x220    node                       a group        |
///   0x240    day                        a group        |
///   0x260    gpuMs                      a line         |
///   0x280    amount, then figures       a line         |    event data 0x280..0x2c0
///   0x2a0    recordsHash                a line         |    |
///   0x2c0    0x1901                     once a batch   digest 0x2c0..0x302
///   0x2c2    domain separator           once a batch   |
///   0x2e2    struct hash, then signer   a line         |    tab's slot 0x2e2..0x322
///   0x302    slot of the node's mapping a group             |
///   0x340    digest, v, r, s            a line         ecrecover 0x340..0x3c0
///   0x3c0    day, shifted               a group
///
/// ecrecover answers over the struct hash, in front of the mapping's slot: together they are the preimage of a tab's slot as Solidity
/// defines it (keccak256(key . slot)). An ecrecover that fails writes nothing: the struct hash stays, which is no address, and
/// nobody has a tab under it.
library ReceiptLoop {
    /// @dev Bytes of a line in calldata: gpuMs 8 | amount 8 | recordsHash 32 | r 32 | vs 32.
    uint256 internal constant LINE = 112;

    bytes32 internal constant RECEIPT_TYPEHASH =
        keccak256("Receipt(address node,uint32 day,uint64 gpuMs,uint64 amount,bytes32 recordsHash)");
    bytes32 private constant SETTLED_TOPIC = keccak256("Settled(address,address,bytes32,bytes32)");

    uint256 private constant FRAME = 0x200;
    uint256 private constant FRAME_END = 0x3e0;
    uint256 private constant NODE = 0x220;
    uint256 private constant DAY = 0x240;
    uint256 private constant GPU_MS = 0x260;
    uint256 private constant GPU_MS_LOW = 0x278;
    uint256 private constant AMOUNT = 0x280;
    uint256 private constant FIGURES = 0x280;
    uint256 private constant RECORDS_HASH = 0x2a0;
    uint256 private constant PREFIX = 0x2c0;
    uint256 private constant DOMAIN = 0x2c2;
    uint256 private constant STRUCT_HASH = 0x2e2;
    uint256 private constant SIGNER = 0x2e2;
    uint256 private constant TABS_OF_NODE = 0x302;
    uint256 private constant DIGEST = 0x340;
    uint256 private constant V = 0x360;
    uint256 private constant R = 0x380;
    uint256 private constant S = 0x3a0;
    uint256 private constant DAY_SHIFTED = 0x3c0;

    uint256 private constant U64 = 0xffffffffffffffff;
    uint256 private constant FEE_AND_DEPOSIT = 0xffffffffffffffffffff;
    uint256 private constant S_MASK = 0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff;
    uint256 private constant BPS = 10000;

    /// @notice The `figures` of a `Settled` event: day | gpuMs | amount | paid, 64 bits each.
    function figures(uint32 day, uint64 gpuMs, uint64 amount, uint64 paid) internal pure returns (bytes32) {
        return bytes32(uint256(day) << 192 | uint256(gpuMs) << 128 | uint256(amount) << 64 | paid);
    }

    /// @notice The two sums that `payLines` keeps in one word.
    function split(uint256 sums) internal pure returns (uint256 paid, uint256 fee) {
        return (uint128(sums), sums >> 128);
    }

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
    /// @param tabsOfNode slot of the mapping signer -> Tab of the group's node; a Tab's first slot is its TabWord
    function beginGroup(address node, uint32 day, uint256 tabsOfNode) internal pure {
        assembly ("memory-safe") {
            mstore(NODE, shr(96, shl(96, node)))
            mstore(DAY, and(day, 0xffffffff))
            mstore(DAY_SHIFTED, shl(192, and(day, 0xffffffff)))
            mstore(TABS_OF_NODE, tabsOfNode)
        }
    }

    /// @notice Pays the lines from calldata offset `line` up to `end` (at least one), or up to the first one that pays nothing.
    /// @param sums what the group's lines before these paid: fees << 128 | paid (fees included). One word, because a stack that is too
    /// deep makes the compiler read calldata again at every turn
    /// @return stoppedAt the line that paid nothing, or `end`
    /// @return signer who signed that line; zero if its signature is invalid or has a high s
    /// @return sumsNow `sums` and what these lines paid
    /// @dev Per line: recover the signer; pay = min(amount, deposit) - spent if that is positive; store; emit `Settled`. The same as
    /// TabWord.pay (a fuzz test compares them). The state need not be read: only an open tab has spent < deposit. No sum
    /// overflows: fewer than 2^16 lines of less than 2^64 each, and a tab's spent + paid <= deposit < 2^64 stays in its field.
    function payLines(uint256 line, uint256 end, uint256 sums)
        internal
        returns (uint256 stoppedAt, address signer, uint256 sumsNow)
    {
        bytes32 topic = SETTLED_TOPIC;
        uint256 sLimit = CompactSignature.MAX_S + 1;
        assembly ("memory-safe") {
            for {} 1 {} {
                let head := calldataload(line)
                let gpuMsAndAmount := shr(128, head)
                let amount := and(gpuMsAndAmount, U64)
                // gpuMs lands in the low 8 bytes of its word; what spills into the next word is overwritten at once.
                mstore(GPU_MS_LOW, head)
                mstore(AMOUNT, amount)
                mstore(RECORDS_HASH, calldataload(add(line, 16)))
                mstore(STRUCT_HASH, keccak256(FRAME, 0xc0))
                mstore(DIGEST, keccak256(PREFIX, 0x42))
                let vs := calldataload(add(line, 80))
                let s := and(vs, S_MASK)
                // A high s makes v zero, for which ecrecover answers nothing.
                mstore(V, mul(lt(s, sLimit), add(27, shr(255, vs))))
                mstore(R, calldataload(add(line, 48)))
                mstore(S, s)
                pop(staticcall(gas(), 1, DIGEST, 0x80, SIGNER, 0x20))

                let slot := keccak256(SIGNER, 0x40)
                let word := sload(slot)
                let spent := shr(192, word)
                let due := sub(amount, spent)
                // One test for all that is not plain. Something is left above bit 63 if the tab has a fee (its bits are there), if
                // amount > deposit (the difference is negative), or if due < 1 (due - 1 is).
                let feeAndDeposit := and(word, FEE_AND_DEPOSIT)
                if shr(64, or(or(feeAndDeposit, sub(feeAndDeposit, amount)), sub(due, 1))) {
                    let target := and(word, U64)
                    if lt(amount, target) { target := amount }
                    if iszero(gt(target, spent)) { break }
                    due := sub(target, spent)
                    let bps := and(shr(64, word), 0xffff)
                    sums := add(sums, shl(128, sub(div(mul(target, bps), BPS), div(mul(spent, bps), BPS))))
                }
                sstore(slot, add(word, shl(192, due)))
                sums := add(sums, due)
                mstore(FIGURES, or(mload(DAY_SHIFTED), or(shl(64, gpuMsAndAmount), due)))
                log3(FIGURES, 0x40, topic, mload(NODE), mload(SIGNER))
                line := add(line, LINE)
                if eq(line, end) { break }
            }
            stoppedAt := line
            // An ecrecover that failed returned no bytes, and nothing was called since.
            signer := mul(mload(SIGNER), eq(returndatasize(), 0x20))
            sumsNow := sums
        }
    }
}
