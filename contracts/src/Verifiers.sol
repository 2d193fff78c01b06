// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Attestation, IVerifiers, Signature} from "./interfaces/IVerifiers.sol";
import {RecordVerifier} from "./libraries/RecordVerifier.sol";
import {Domain} from "./parts/Domain.sol";

/// @title Verifiers
/// @notice Who may say, k of n, what neither party of a lease signed: that a node was there. Holds no money. Made by the core's
/// constructor; whoever owns the core at the moment of a call may add a set, and can take none away.
/// @dev Members sign under the core's EIP-712 domain, so one key signs nothing twice for one market.
contract Verifiers is IVerifiers, Domain {
    struct VerifierSet {
        uint8 threshold;
        address[] members;
    }

    /// @inheritdoc IVerifiers
    uint40 public constant ATTESTATION_LIFE = 48 hours;

    uint256 private constant MAX_MEMBERS = 16;
    bytes32 private constant ATTESTATION_TYPEHASH = keccak256("Attestation(uint32 day,bytes32 root)");

    address private immutable core;

    /// @inheritdoc IVerifiers
    uint16 public latestSet;
    mapping(uint16 id => VerifierSet) private _sets;
    mapping(uint32 day => Attestation) private _attestations;

    constructor(address core_) {
        core = core_;
    }

    /// @inheritdoc IVerifiers
    function sets(uint16 id) external view returns (uint8 threshold, address[] memory members) {
        VerifierSet storage set = _set(id);
        return (set.threshold, set.members);
    }

    /// @inheritdoc IVerifiers
    function attestations(uint32 day) external view returns (Attestation memory) {
        return _attestations[day];
    }

    /// @inheritdoc IVerifiers
    function addSet(uint8 threshold, address[] calldata members) external returns (uint16 id) {
        require(msg.sender == Ownable(core).owner(), NotOwner(msg.sender));
        uint256 count = members.length;
        require(
            count <= MAX_MEMBERS && threshold <= count && (threshold == 0) == (count == 0), BadThreshold(threshold, count)
        );
        address last;
        for (uint256 i; i < count; ++i) {
            require(members[i] > last, MembersNotAscending(i));
            last = members[i];
        }
        id = latestSet;
        require(id != type(uint16).max, NoMoreSets());
        latestSet = ++id;
        _sets[id] = VerifierSet({threshold: threshold, members: members});
        emit VerifierSetAdded(id, threshold, members);
    }

    /// @inheritdoc IVerifiers
    function checkQuorum(uint16 id, bytes32 structHash, uint256 members, Signature[] calldata signatures) external view {
        _checkQuorum(id, structHash, members, signatures);
    }

    /// @inheritdoc IVerifiers
    function attest(uint32 day, bytes32 root, uint256 members, Signature[] calldata signatures) external {
        uint256 over = (uint256(day) + 1) * 1 days;
        uint256 expiresAt = over + ATTESTATION_LIFE;
        require(block.timestamp >= over && block.timestamp < expiresAt, DayNotAttestable(day));
        Attestation storage attestation = _attestations[day];
        require(attestation.set == 0, AlreadyAttested(day, attestation.root));
        uint16 id = latestSet;
        _checkQuorum(id, keccak256(abi.encode(ATTESTATION_TYPEHASH, day, root)), members, signatures);
        // Fits: less than 48 hours from now.
        _attestations[day] = Attestation({root: root, set: id, expiresAt: uint40(expiresAt)});
        emit Attested(day, id, root, uint40(expiresAt));
    }

    /// @inheritdoc IVerifiers
    function isAttested(uint32 day, bytes32 leaf, uint256 index, bytes32[] calldata proof) external view returns (bool) {
        Attestation storage attestation = _attestations[day];
        // Zero pads every tree and is no leaf. A day without attestation expired at 0.
        if (leaf == 0 || block.timestamp >= attestation.expiresAt) return false;
        return RecordVerifier.proofRoot(leaf, index, proof) == attestation.root;
    }

    /// @dev One signature a bit, lowest first: no member can count twice, and a list has one form.
    function _checkQuorum(uint16 id, bytes32 structHash, uint256 bitmap, Signature[] calldata signatures) private view {
        VerifierSet storage set = _set(id);
        uint256 needed = set.threshold;
        uint256 count = signatures.length;
        // A set without members has threshold 0, which nothing reaches.
        require(needed != 0 && count >= needed, NoQuorum(id, count, needed));
        uint256 next;
        uint256 size = set.members.length;
        for (uint256 i; i < size; ++i) {
            if ((bitmap >> i) & 1 == 0) continue;
            require(next < count, BadMemberBitmap(bitmap, count));
            address member = set.members[i];
            Signature calldata signature = signatures[next];
            // No member is zero, which is what a broken signature recovers to.
            require(_recover(structHash, signature.r, signature.vs) == member, NotSignedByMember(i, member));
            ++next;
        }
        require(next == count && bitmap >> size == 0, BadMemberBitmap(bitmap, count));
    }

    function _set(uint16 id) private view returns (VerifierSet storage) {
        require(id != 0 && id <= latestSet, UnknownSet(id));
        return _sets[id];
    }

    function _core() internal view override returns (address) {
        return core;
    }
}
