// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStandingOrders, RecordsOpening, StandingOrder} from "../interfaces/IStandingOrders.sol";
import {TabState} from "../interfaces/ITabs.sol";
import {ReceiptLoop} from "../libraries/ReceiptLoop.sol";
import {RecordVerifier} from "../libraries/RecordVerifier.sol";
import {TabWord} from "../libraries/TabWord.sol";
import {Settlement} from "./Settlement.sol";

/// @title StandingOrders
/// @notice Tabs whose node may claim by itself, up to what its tenant's order allows by now. The order lies beside the tab, so that
/// settlement need not know of it: both raise the same `spent`.
abstract contract StandingOrders is IStandingOrders, Settlement {
    /// @dev By node first, as tabs are. `until` is 0 where no order was given, and only there.
    mapping(address node => mapping(address signer => StandingOrder)) private _standingOrders;

    /// @inheritdoc IStandingOrders
    function standingOrders(address signer, address node) external view returns (StandingOrder memory) {
        return _standingOrders[node][signer];
    }

    /// @inheritdoc IStandingOrders
    function standingOrderAllows(address signer, address node) external view returns (uint64) {
        TabWord word = _tabs[node][signer].word;
        return word.state() == TabState.Open ? _allowedNow(_standingOrders[node][signer], word) : 0;
    }

    /// @inheritdoc IStandingOrders
    function openTabWithOrder(address signer, address node, uint64 amount, StandingOrder calldata order, bytes32 r, bytes32 vs) external {
        require(block.timestamp < order.until, EmptyStandingOrder());
        StandingOrder memory given = order;
        // Fits: the opening is before `until`. Time before the tab was there is not the node's.
        if (given.from < block.timestamp) given.from = uint32(block.timestamp);
        require(_allowed(given, given.until) != 0, EmptyStandingOrder());
        _open(signer, node, amount, r, vs);
        _standingOrders[node][signer] = given;
        emit StandingOrderGiven(msg.sender, signer, node, given.base, given.cap, given.rate, given.from, given.until);
    }

    /// @inheritdoc IStandingOrders
    function claimStandingOrder(
        address signer,
        address node,
        uint32 day,
        uint64 gpuMs,
        uint64 amount,
        RecordsOpening calldata records,
        bytes32 r,
        bytes32 vs
    ) external {
        Tab storage tab = _tabs[node][signer];
        TabWord word = tab.word;
        require(word.state() == TabState.Open, TabNotOpen(signer, node));
        StandingOrder memory order = _standingOrders[node][signer];
        require(order.until != 0, NoStandingOrder(signer, node));
        bytes32 recordsHash = _recordsHash(signer, node, records);
        bytes32 receipt = keccak256(abi.encode(ReceiptLoop.RECEIPT_TYPEHASH, node, day, gpuMs, amount, recordsHash));
        require(_recover(receipt, r, vs) == node, NotSignedByNode(node));
        uint256 allowed = Math.min(_allowedNow(order, word), word.deposit());
        (TabWord next, uint256 paid, uint256 fee) = word.pay(Math.min(amount, allowed));
        require(paid != 0, NothingToClaim(uint64(allowed), amount, word.spent()));
        tab.word = next;
        _payOperator(node, paid, fee);
        emit Settled(node, signer, ReceiptLoop.figures(day, gpuMs, amount, uint64(paid)), recordsHash);
    }

    /// @dev A close request stops the order's clock for good, whatever is claimed in the 72 hours after it.
    function _allowedNow(StandingOrder memory order, TabWord word) private view returns (uint64) {
        uint256 stoppedAt = word.closeRequestedAt();
        return _allowed(order, stoppedAt == 0 ? block.timestamp : stoppedAt);
    }

    /// @dev What `order` allows at `time`, at most what a tab can hold. No product or sum here reaches 2^97.
    function _allowed(StandingOrder memory order, uint256 time) private pure returns (uint64) {
        uint256 end = Math.min(time, order.until);
        uint256 ran = end > order.from ? end - order.from : 0;
        uint256 byTime = uint256(order.rate) * ran / 1 hours;
        return uint64(Math.min(order.base + Math.min(order.cap, byTime), type(uint64).max));
    }

    /// @dev The receipt itself names no tab, a countersignature is what says whose it is. A claim has none: its records do, so that what
    /// the node signed for one tenant is worth nothing at another.
    function _recordsHash(address signer, address node, RecordsOpening calldata records) private view returns (bytes32) {
        return RecordVerifier.recordsHash(
            RecordVerifier.tabId(block.chainid, _core(), signer, node),
            records.seq,
            records.block,
            records.used,
            records.treeSize,
            records.treeRoot,
            records.previousDayRecordsHash
        );
    }
}
