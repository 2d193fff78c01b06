// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISettlement, SkipReason} from "../interfaces/ISettlement.sol";
import {TabState} from "../interfaces/ITabs.sol";
import {ReceiptLoop} from "../libraries/ReceiptLoop.sol";
import {TabWord} from "../libraries/TabWord.sol";
import {Tabs} from "./Tabs.sol";

/// @title Settlement
/// @notice Pays signed receipts, many at once. Calls nothing but ecrecover.
abstract contract Settlement is ISettlement, Tabs {
    /// @dev Bytes of a group's head: node 20 | day 4 | count 2.
    uint256 private constant HEAD = 26;

    /// @inheritdoc ISettlement
    function settle(bytes calldata batch) external {
        require(batch.length != 0, MalformedBatch(0));
        ReceiptLoop.begin(_domainSeparator());
        uint256 offset;
        uint256 index;
        // Unchecked: offsets and indices are bounded by the length of calldata.
        unchecked {
            while (offset < batch.length) {
                uint256 left = batch.length - offset;
                require(left >= HEAD, MalformedBatch(offset));
                uint256 line;
                uint256 head;
                assembly ("memory-safe") {
                    line := add(batch.offset, offset)
                    head := calldataload(line)
                }
                uint256 count = uint16(head >> 48);
                uint256 size = HEAD + count * ReceiptLoop.LINE;
                require(left >= size, MalformedBatch(offset));
                address node = address(uint160(head >> 96));
                ReceiptLoop.beginGroup(node, uint32(head >> 64));
                _settleGroup(node, line + HEAD, line + size, index);
                offset += size;
                index += count;
            }
        }
    }

    /// @dev The lines lie in calldata from `line` to `end`. The operator is credited once, after all of them.
    function _settleGroup(address node, uint256 line, uint256 end, uint256 index) private {
        mapping(address signer => Tab) storage tabsOfNode = _tabs[node];
        uint256 slot;
        assembly ("memory-safe") {
            slot := tabsOfNode.slot
        }
        uint256 first = line;
        uint256 paidInAll;
        uint256 feeInAll;
        // Unchecked: at most 65,535 lines of less than 2^64 credits each; offsets as above.
        unchecked {
            while (line < end) {
                (uint256 stoppedAt, address signer, uint256 paid, uint256 fee) = ReceiptLoop.payLines(line, end, slot);
                paidInAll += paid;
                feeInAll += fee;
                if (stoppedAt != end) {
                    SkipReason reason = _whySkipped(signer, tabsOfNode[signer].word, stoppedAt);
                    emit LineSkipped(node, signer, index + (stoppedAt - first) / ReceiptLoop.LINE, reason);
                }
                line = stoppedAt + ReceiptLoop.LINE;
            }
        }
        if (paidInAll != 0) _payOperator(node, paidInAll, feeInAll);
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
