// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a node may claim from a tab by itself: `base + min(cap, rate x hours since from)`, as a cumulative amount of the tab.
/// One storage word.
/// @param base cumulative amount, credits, that is allowed at once
/// @param cap the most that time can add to `base`, credits
/// @param rate credits an hour
/// @param from unix seconds; nothing but `base` is allowed before. At the opening it is raised to the opening's own time
/// @param until unix seconds; time after it adds nothing
struct StandingOrder {
    uint64 base;
    uint64 cap;
    uint64 rate;
    uint32 from;
    uint32 until;
}

/// @notice What the `recordsHash` of a claim opens to (docs/formats.md), but for the tab: that one the contract puts in itself.
/// @param seq of the receipt
/// @param block that it was made for
/// @param used sum of all records' amounts, credits
/// @param treeSize leaves of the day's tree
/// @param treeRoot of the day's tree
/// @param previousDayRecordsHash recordsHash of the last receipt countersigned on an earlier day, or zero
struct RecordsOpening {
    uint32 seq;
    uint64 block;
    uint64 used;
    uint32 treeSize;
    bytes32 treeRoot;
    bytes32 previousDayRecordsHash;
}

/// @title IStandingOrders
/// @notice For a tenant without an agent: trust in one node up to a cap, given by the tenant's wallet when the tab opens, one a tab,
/// unchangeable. It raises no sum above what receipts would: both settle the same cumulative amount.
interface IStandingOrders {
    /// @notice The tab of (`signer`, `node`) opened with this order.
    event StandingOrderGiven(
        address indexed tenant, address indexed signer, address indexed node, uint64 base, uint64 cap, uint64 rate, uint32 from, uint32 until
    );

    /// @notice `until` is not after the opening, or even then the order would allow nothing.
    error EmptyStandingOrder();
    /// @notice The tab was opened without a standing order.
    error NoStandingOrder(address signer, address node);
    /// @notice The claim pays nothing: `allowed` (by order and deposit) or the claimed `amount` is not above `spent`.
    error NothingToClaim(uint64 allowed, uint64 amount, uint64 spent);

    /// @notice The standing order of a tab; all zero if it has none.
    /// @dev Anyone; moves nothing; no errors.
    function standingOrders(address signer, address node) external view returns (StandingOrder memory);

    /// @notice The cumulative amount that the tab's standing order allows now, at most 2^64 - 1; 0 without one, and once the tab is
    /// closed. Time stops counting at `until` and at a close request.
    /// @dev Anyone; moves nothing; no errors.
    function standingOrderAllows(address signer, address node) external view returns (uint64);

    /// @notice `openTab`, and gives the node a standing order on the tab.
    /// @dev Anyone, as the tenant, with the signer's consent as in `openTab`; the order is the tenant's own word, because the tenant is the
    /// caller. Moves the caller's credits into the tab. Errors: `EmptyStandingOrder`, as `openTab`.
    function openTabWithOrder(address signer, address node, uint64 amount, StandingOrder calldata order, bytes32 r, bytes32 vs) external;

    /// @notice Pays what a receipt that only the node signed asks for, up to what the order allows: the tab's cumulative amount becomes
    /// min(amount, deposit, allowed). Emits `Settled`, as a countersigned line does. Can't be paused; what was allowed before a close
    /// request is paid until the close is finished.
    /// @param records opens the receipt's `recordsHash`: what the node signed for another tab can't be claimed from this one
    /// @dev Anyone, with the node's EIP-2098 signature of the `Receipt` (without it the order would be anybody's). Moves what is paid out
    /// of the tab to the operator's credits and the fees, nowhere else. Errors: `TabNotOpen`, `NoStandingOrder`, `NotSignedByNode` (also if
    /// `records` is not what was signed, or of another tab), `NothingToClaim`.
    function claimStandingOrder(
        address signer,
        address node,
        uint32 day,
        uint64 gpuMs,
        uint64 amount,
        RecordsOpening calldata records,
        bytes32 r,
        bytes32 vs
    ) external;
}
