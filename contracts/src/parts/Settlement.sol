// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISettlement, SkipReason} from "../interfaces/ISettlement.sol";
import {TabState} from "../interfaces/ITabs.sol";
import {ReceiptFrame, ReceiptFrameLib} from "../libraries/ReceiptFrame.sol";
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
        ReceiptFrame frame = ReceiptFrameLib.create(_domainSeparator());
        uint256 offset;
        uint256 index;
        // Unchecked: offsets and indices are bounded by the length of calldata.
        unchecked {
            while (offset < batch.length) {
                uint256 left = batch.length - offset;
                require(left >= HEAD, MalformedBatch(offset));
                uint256 head = uint256(bytes32(batch[offset:]));
                uint256 count = uint16(head >> 48);
                require(left - HEAD >= count * ReceiptFrameLib.LINE, MalformedBatch(offset));
                address node = address(uint160(head >> 96));
                frame.setGroup(node, uint32(head >> 64));
                uint256 first;
                assembly ("memory-safe") {
                    first := add(add(batch.offset, offset), HEAD)
                }
                _settleGroup(frame, node, first, count, index);
                offset += HEAD + count * ReceiptFrameLib.LINE;
                index += count;
            }
        }
    }

    /// @dev `line` is the calldata offset of the first line. The operator is credited once, after all lines.
    function _settleGroup(ReceiptFrame frame, address node, uint256 line, uint256 count, uint256 index) private {
        mapping(address signer => Tab) storage tabsOfNode = _tabs[node];
        uint256 paidInAll;
        uint256 feeInAll;
        // Unchecked: at most 65,535 lines of less than 2^64 credits each.
        unchecked {
            for (uint256 end = line + count * ReceiptFrameLib.LINE; line != end; line += ReceiptFrameLib.LINE) {
                (address signer, uint256 amount) = frame.recover(line);
                // A signature that recovers to nobody lands on the slot of signer 0, which never opens.
                Tab storage tab = tabsOfNode[signer];
                TabWord word = tab.word;
                (TabWord next, uint256 paid, uint256 fee) = word.pay(amount);
                if (paid != 0 && word.state() == TabState.Open) {
                    tab.word = next;
                    frame.emitSettled(signer, paid);
                    paidInAll += paid;
                    feeInAll += fee;
                } else {
                    emit LineSkipped(node, signer, index, _whySkipped(signer, word, amount));
                }
                ++index;
            }
        }
        if (paidInAll != 0) _payOperator(node, paidInAll, feeInAll);
    }

    function _whySkipped(address signer, TabWord word, uint256 amount) private pure returns (SkipReason) {
        if (signer == address(0)) return SkipReason.BadSignature;
        if (word.state() == TabState.None) return SkipReason.UnknownTab;
        if (word.state() == TabState.Closed) return SkipReason.Closed;
        return amount <= word.spent() ? SkipReason.Stale : SkipReason.Underfunded;
    }
}
