// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Why a line paid nothing.
/// BadSignature: `s` is high, or nothing recovers (signer is shown as 0).
/// UnknownTab: whoever signed has no tab at this node; what a forged or altered receipt looks like.
/// Closed: the tab is over.
/// Stale: this much, or more, was paid already.
/// Underfunded: more is owed, but the whole deposit is paid out. The line pays again after a top-up.
enum SkipReason {
    None,
    BadSignature,
    UnknownTab,
    Closed,
    Stale,
    Underfunded
}

/// @title ISettlement
interface ISettlement {
    /// @notice A line paid. `figures` is four numbers of 64 bits each, from the high end:
    ///   day | gpuMs | amount | paid
    /// `gpuMs`, `amount` and `recordsHash` are the signer's word. `paid` is what this line added (fee included); the sum of a tab's
    /// `paid` is its `spent`. `paid` short of what `amount` asks for means that the deposit is used up.
    /// @dev One word, because an event's word costs 256 gas a tab and day. `unpackFigures` of @berth/protocol reads it.
    event Settled(address indexed node, address indexed signer, bytes32 figures, bytes32 recordsHash);
    /// @notice Line `index` of the batch (counted from 0 over all its groups) paid nothing.
    event LineSkipped(address indexed node, address indexed signer, uint256 index, SkipReason reason);

    /// @notice The batch ends inside a group, or is empty. `offset`: where that group starts, bytes.
    error MalformedBatch(uint256 offset);

    /// @notice Pays receipts. `batch` is one or more groups `node 20 | day u32 | count u16 | count x line`, big-endian, with
    /// line = `gpuMs u64 | amount u64 | recordsHash 32 | r 32 | vs 32` (the signer's EIP-2098 signature of the `Receipt`).
    /// A line pays max(0, min(amount, deposit) - spent) from the tab of (recovered signer, node) to the node's operator. A line that
    /// pays nothing never reverts the others, it is reported by `LineSkipped`. Amounts are cumulative: repeating, reordering or
    /// splitting batches changes nothing. Can't be paused.
    /// @dev Anyone; the submitter gains nothing. Moves what lines pay out of their tabs to the operators' credits and the fees. Errors:
    /// `MalformedBatch`.
    function settle(bytes calldata batch) external;
}
