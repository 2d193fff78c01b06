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

/// @title IStandingOrders
/// @notice For a tenant without an agent: trust in one node up to a cap, given by the tenant's wallet when the tab opens, one a tab,
/// unchangeable. It raises no sum above what receipts would: both settle the same cumulative amount.
interface IStandingOrders {
    /// @notice The tab of (`signer`, `node`) opened with this order.
    event StandingOrderGiven(
        address indexed tenant, address indexed signer, address indexed node, uint64 base, uint64 cap, uint64 rate, uint32 from, uint32 until
    );

    /// @notice `until` is not after the opening, or `cap` and `base` are both zero: such an order allows nothing.
    error EmptyStandingOrder();
    /// @notice The tab was opened without a standing order.
    error NoStandingOrder(address signer, address node);
    /// @notice The claim pays nothing: `allowed` (by order and deposit) or the claimed `amount` is not above `spent`.
    error NothingToClaim(uint64 allowed, uint64 amount, uint64 spent);

    /// @notice The standing order of a tab; all zero if it has none.
    function standingOrders(address signer, address node) external view returns (StandingOrder memory);

    /// @notice The cumulative amount that the tab's standing order allows now; 0 without one. Time stops counting at `until` and at a
    /// close request.
    function standingOrderAllows(address signer, address node) external view returns (uint64);

    /// @notice `openTab`, and gives the node a standing order on the tab.
    /// @dev As `openTab`; the order is the tenant's own word, because the tenant is the caller. Errors: as `openTab`, `EmptyStandingOrder`.
    function openTabWithOrder(address signer, address node, uint64 amount, StandingOrder calldata order, bytes32 r, bytes32 vs) external;

    /// @notice Pays what a receipt that only the node signed asks for, up to what the order allows: the tab's cumulative amount becomes
    /// min(amount, deposit, allowed). Emits `Settled`, as a countersigned line does.
    /// @dev Anyone, with the node's EIP-2098 signature of the `Receipt` (without it the order would be anybody's); money goes only to the
    /// node's operator. Can't be paused. Errors: `NoStandingOrder`, `TabNotOpen`, `NotSignedByNode`, `NothingToClaim`.
    function claimStandingOrder(
        address signer,
        address node,
        uint32 day,
        uint64 gpuMs,
        uint64 amount,
        bytes32 recordsHash,
        bytes32 r,
        bytes32 vs
    ) external;
}
