// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INodeRegistry, Node, NodeProfile, Offer, TermDiscount} from "../interfaces/INodeRegistry.sol";
import {Domain} from "./Domain.sol";

/// @title NodeRegistry
/// @notice Which operator is paid for which node key. Everything else about a node is an event with a version.
abstract contract NodeRegistry is INodeRegistry, Domain {
    bytes32 private constant REGISTRATION_TYPEHASH = keccak256("NodeRegistration(address operator)");

    uint8 private constant MAX_TIER = 2;
    uint256 private constant MAX_REGION = 64;
    uint256 private constant MAX_ADDRESSES = 16;
    uint256 private constant MAX_ADDRESS = 256;
    uint256 private constant MAX_RECORDERS = 8;
    uint256 private constant MAX_OFFERS = 32;
    uint256 private constant MAX_CLASS = 64;
    uint256 private constant MAX_DISCOUNTS = 8;
    uint16 private constant MAX_TERM = 366;
    uint16 private constant MAX_BPS = 10_000;

    mapping(address node => Node) internal _nodes;

    /// @inheritdoc INodeRegistry
    function nodes(address node) external view returns (Node memory) {
        return _nodes[node];
    }

    /// @inheritdoc INodeRegistry
    function registerNode(address node, bytes32 r, bytes32 vs, NodeProfile calldata profile, Offer[] calldata offers) external {
        require(_nodes[node].operator == address(0), NodeAlreadyRegistered(node));
        address recovered = _recover(keccak256(abi.encode(REGISTRATION_TYPEHASH, msg.sender)), r, vs);
        require(recovered == node && node != address(0), NotSignedByNode(node));
        _checkProfile(profile);
        _checkOffers(offers);
        _nodes[node] = Node({operator: msg.sender, retired: false, version: 1});
        emit NodeRegistered(node, msg.sender);
        emit NodeUpdated(node, 1, profile);
        emit OffersUpdated(node, 1, offers);
    }

    /// @inheritdoc INodeRegistry
    function updateNode(address node, NodeProfile calldata profile) external {
        uint64 version = _nextVersion(node);
        _checkProfile(profile);
        emit NodeUpdated(node, version, profile);
    }

    /// @inheritdoc INodeRegistry
    function setOffers(address node, Offer[] calldata offers) external {
        uint64 version = _nextVersion(node);
        _checkOffers(offers);
        emit OffersUpdated(node, version, offers);
    }

    /// @inheritdoc INodeRegistry
    function retireNode(address node) external {
        Node storage entry = _activeNode(node);
        require(msg.sender == entry.operator, NotOperator(node, msg.sender));
        entry.retired = true;
        emit NodeRetired(node);
    }

    /// @dev The entry of a node that takes new tabs; reverts for any other.
    function _activeNode(address node) internal view returns (Node storage entry) {
        entry = _nodes[node];
        require(entry.operator != address(0), NodeNotRegistered(node));
        require(!entry.retired, NodeIsRetired(node));
    }

    function _nextVersion(address node) private returns (uint64 version) {
        Node storage entry = _activeNode(node);
        require(msg.sender == entry.operator || msg.sender == node, NotOperator(node, msg.sender));
        version = entry.version + 1;
        entry.version = version;
    }

    /// @dev Bounds keep an event readable by every indexer, whoever wrote it.
    function _checkProfile(NodeProfile calldata profile) private pure {
        require(profile.tier <= MAX_TIER, UnknownTier(profile.tier));
        uint256 length = bytes(profile.region).length;
        require(length <= MAX_REGION, RegionTooLong(length, MAX_REGION));
        length = profile.recorders.length;
        require(length <= MAX_RECORDERS, TooManyRecorders(length, MAX_RECORDERS));
        uint256 count = profile.addresses.length;
        require(count <= MAX_ADDRESSES, TooManyAddresses(count, MAX_ADDRESSES));
        for (uint256 i; i < count; ++i) {
            length = bytes(profile.addresses[i]).length;
            require(length <= MAX_ADDRESS, AddressTooLong(i, length, MAX_ADDRESS));
        }
    }

    function _checkOffers(Offer[] calldata offers) private pure {
        uint256 count = offers.length;
        require(count <= MAX_OFFERS, TooManyOffers(count, MAX_OFFERS));
        for (uint256 i; i < count; ++i) {
            uint256 length = bytes(offers[i].class).length;
            require(length != 0 && length <= MAX_CLASS, BadClassLength(i, length, MAX_CLASS));
            _checkDiscounts(i, offers[i].discounts);
        }
    }

    function _checkDiscounts(uint256 index, TermDiscount[] calldata discounts) private pure {
        uint256 count = discounts.length;
        require(count <= MAX_DISCOUNTS, TooManyDiscounts(index, count, MAX_DISCOUNTS));
        uint16 last;
        for (uint256 i; i < count; ++i) {
            (uint16 term, uint16 bps) = (discounts[i].term, discounts[i].bps);
            require(term > last && term <= MAX_TERM && bps <= MAX_BPS, BadDiscount(index, i, term, bps));
            last = term;
        }
    }
}
