// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a node says about itself. Kept in events only; the contract does not check that any of it is true.
/// @param tier 0 individual, 1 data center, 2 partner
/// @param region ISO 3166 code and optional city, at most 64 bytes
/// @param addresses multiaddrs, at most 16 of at most 256 bytes
/// @param recorders who may anchor this node's records, at most 8
/// @param metadataHash keccak256 of the metadata that the node itself serves
struct NodeProfile {
    uint8 tier;
    string region;
    string[] addresses;
    address[] recorders;
    bytes32 metadataHash;
}

/// @notice A reservation of at least `term` days costs `bps` less than the same as pay-as-you-go, all day long. Of several that of the
/// longest term reached counts.
/// @param term days, 1 to 366
/// @param bps basis points, at most 10,000
struct TermDiscount {
    uint16 term;
    uint16 bps;
}

/// @notice What a node sells. Informative: the binding price is in a signed quote.
/// @param class lower-case `vendor/model`, 1 to 64 bytes
/// @param count devices of this class
/// @param vramMiB memory of one device, MiB
/// @param price credits per GPU-hour
/// @param discounts for reservations, at most 8, terms strictly ascending
struct Offer {
    string class;
    uint16 count;
    uint32 vramMiB;
    uint64 price;
    TermDiscount[] discounts;
}

/// @notice A node's entry. One operator for ever: a new key is a new node.
/// @param operator who is paid for the node's work; never changes and is never deleted
/// @param retired takes no new tabs and reservations, and changes no profile and offers, for ever; what runs goes on and is paid
/// @param version counts profile and offer changes, from 1
struct Node {
    address operator;
    bool retired;
    uint64 version;
}

/// @title INodeRegistry
interface INodeRegistry {
    /// @notice `node` joined; its work is paid to `operator`.
    event NodeRegistered(address indexed node, address indexed operator);
    /// @notice The profile in force from this event on.
    event NodeUpdated(address indexed node, uint64 version, NodeProfile profile);
    /// @notice All offers in force from this event on (they replace the earlier ones).
    event OffersUpdated(address indexed node, uint64 version, Offer[] offers);
    /// @notice `node` takes no new tabs and reservations, for ever. What runs goes on.
    event NodeRetired(address indexed node);

    error NodeAlreadyRegistered(address node);
    error NodeNotRegistered(address node);
    error NodeIsRetired(address node);
    /// @notice The signature was not made by `node` over (chain, contract, caller as operator).
    error NotSignedByNode(address node);
    /// @notice Only the operator of `node` (or, where the function says so, the node key) may do this.
    error NotOperator(address node, address caller);
    error UnknownTier(uint8 tier);
    error RegionTooLong(uint256 length, uint256 max);
    error TooManyAddresses(uint256 count, uint256 max);
    error AddressTooLong(uint256 index, uint256 length, uint256 max);
    error TooManyRecorders(uint256 count, uint256 max);
    error TooManyOffers(uint256 count, uint256 max);
    /// @notice A class must have 1 to `max` bytes.
    error BadClassLength(uint256 index, uint256 length, uint256 max);
    /// @notice Offer `index` has more than `max` discounts.
    error TooManyDiscounts(uint256 index, uint256 count, uint256 max);
    /// @notice Discount `discount` of offer `index`: terms are strictly ascending and 1 to 366 days, a discount at most 10,000 basis points.
    error BadDiscount(uint256 index, uint256 discount, uint16 term, uint16 bps);

    /// @notice The entry of `node`; `operator` is zero if it was never registered.
    /// @dev Anyone; moves nothing; no errors.
    function nodes(address node) external view returns (Node memory);

    /// @notice Registers `node` with the caller as its operator, its profile and its offers. A node key is registered once ever.
    /// @dev Anyone, as the operator, with the node key's EIP-712 signature `NodeRegistration(operator)` as EIP-2098 (`r`, `vs`): nobody can
    /// register somebody else's key, or for somebody else. Moves nothing. Errors: `NodeAlreadyRegistered`, `NotSignedByNode`,
    /// `UnknownTier`, `RegionTooLong`, `TooManyRecorders`, `TooManyAddresses`, `AddressTooLong`, `TooManyOffers`, `BadClassLength`,
    /// `TooManyDiscounts`, `BadDiscount`.
    function registerNode(address node, bytes32 r, bytes32 vs, NodeProfile calldata profile, Offer[] calldata offers) external;

    /// @notice Replaces the profile.
    /// @dev The operator of `node`, or the node key. Moves nothing. Errors: `NodeNotRegistered`, `NodeIsRetired`, `NotOperator`,
    /// `UnknownTier`, `RegionTooLong`, `TooManyRecorders`, `TooManyAddresses`, `AddressTooLong`.
    function updateNode(address node, NodeProfile calldata profile) external;

    /// @notice Replaces all offers. None at all is allowed: the node then sells nothing for now.
    /// @dev The operator of `node`, or the node key. Moves nothing. Errors: `NodeNotRegistered`, `NodeIsRetired`, `NotOperator`,
    /// `TooManyOffers`, `BadClassLength`, `TooManyDiscounts`, `BadDiscount`.
    function setOffers(address node, Offer[] calldata offers) external;

    /// @notice Ends new tabs and reservations at `node` for ever, and changes of its profile and offers. Running tabs can be topped up, are
    /// settled and closed, running reservations are claimed, refunded and cancelled; both are paid to the operator, whose stake stays its
    /// own.
    /// @dev The operator of `node` (not the node key). Moves nothing. Errors: `NodeNotRegistered`, `NodeIsRetired`, `NotOperator`.
    function retireNode(address node) external;
}
