// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISettlement, SkipReason} from "../interfaces/ISettlement.sol";
import {TabState} from "../interfaces/ITabs.sol";
import {ReceiptLoop} from "../libraries/ReceiptLoop.sol";
import {TabWord} from "../libraries/TabWord.sol";
import {Tabs} from "./Tabs.sol";

// Reads the batch where it lies in calldata: nothing of it is decoded into memory.
/* solhint-disable no-inline-assembly */

/// @title Settlement
/// @notice Pays signed receipts, many at once. Calls nothing but ecrecover.
abstract contract Settlement is ISettlement, Tabs {
    /// @dev Bytes of a group's head: node 20 | day 4 | count 2.
    uint256 private constant HEAD = 26;

    /// @inheritdoc ISettlement
    function settle(bytes calldata batch) external {
        require(batch.length != 0, MalformedBatch(0));
        ReceiptLoop.begin(_domainSeparator());
        uint256 start;
        assembly ("memory-safe") {
            start := batch.offset
        }
        uint256 group = start;
        uint256 index;
        // Unchecked: offsets and indices are bounded by the length of calldata.
        unchecked {
            uint256 end = start + batch.length;
            while (group < end) {
                uint256 head;
                assembly ("memory-safe") {
                    head := calldataload(group)
                }
                uint256 count = uint16(head >> 48);
                uint256 size = HEAD + count * ReceiptLoop.LINE;
                require(end - group >= size, MalformedBatch(group - start));
                index += count;
                _settleGroup(address(uint160(head >> 96)), uint32(head >> 64), group + HEAD, group + size, index);
                group += size;
            }
        }
    }

    /// @dev The lines lie in calldata from `line` to `end`. The operator is credited once, after all of them.
    /// @param indexEnd index of the first line of the next group
    function _settleGroup(address node, uint32 day, uint256 line, uint256 end, uint256 indexEnd) private {
        mapping(address signer => Tab) storage tabsOfNode = _tabs[node];
        uint256 slot;
        assembly ("memory-safe") {
            slot := tabsOfNode.slot
        }
        ReceiptLoop.beginGroup(node, day, slot);
        uint256 sums;
        // Unchecked: offsets and indices as above.
        unchecked {
            while (line < end) {
                address signer;
                (line, signer, sums) = ReceiptLoop.payLines(line, end, sums);
                if (line != end) {
                    SkipReason reason = _whySkipped(signer, tabsOfNode[signer].word, line);
                    emit LineSkipped(node, signer, indexEnd - (end - line) / ReceiptLoop.LINE, reason);
                }
                line += ReceiptLoop.LINE;
            }
        }
        (uint256 paid, uint256 fee) = ReceiptLoop.split(sums);
        if (paid != 0) _payOperator(node, paid, fee);
    }

    function _whySkipped(address signer, TabWord word, uint256 line) private pure returns (SkipReason) {
        if (signer == address(0)) return SkipReason.BadSignature;
        if (word.state() == TabState.None) return SkipReason.UnknownTab;
        if (word.state() == TabState.Closed) return SkipReason.Closed;
        uint64 amount;
        assembly ("memory-safe") {
            amount := and(shr(128, calldataload(line)), 0xffffffffffffffff)
        }
        return amount <= word.spent() ? SkipReason.Stale : SkipReason.Underfunded;
    }
}
