// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice EIP-2098 signature.
struct Signature {
    bytes32 r;
    bytes32 vs;
}

/// @notice A day's root over what verifiers measured.
/// @param root of leaves that docs/formats.md names
/// @param set whose quorum signed it
/// @param expiresAt unix seconds; old proofs say nothing about a node
struct Attestation {
    bytes32 root;
    uint16 set;
    uint40 expiresAt;
}

/// @title IVerifiers
/// @notice Sets of verifiers (k of n) and the roots they sign. A set never changes: another one is a new id, for what starts after it.
interface IVerifiers {
    /// @notice Set `id` is in force for new reservations and for attestations. No members: no quorum at all.
    event VerifierSetAdded(uint16 indexed id, uint8 threshold, address[] members);
    /// @notice A quorum of set `set` signed `root` for `day`; it counts until `expiresAt`.
    event Attested(uint32 indexed day, uint16 indexed set, bytes32 root, uint40 expiresAt);

    /// @notice A set has 1 to 16 members and 1 <= threshold <= members, or neither.
    error BadThreshold(uint8 threshold, uint256 members);
    /// @notice Members must be strictly ascending (so none is twice) and not zero.
    error MembersNotAscending(uint256 index);
    error NoMoreSets();
    error UnknownSet(uint16 id);
    /// @notice Fewer than `needed` members of the set signed; `needed` 0: the set has no members, so nobody can.
    error NoQuorum(uint16 id, uint256 signatures, uint256 needed);
    /// @notice `members` (a bitmap, lowest bit = member 0) and the signatures don't fit together.
    error BadMemberBitmap(uint256 members, uint256 signatures);
    /// @notice Signature `index` is not of the member that the bitmap says.
    error NotSignedByMember(uint256 index, address member);
    /// @notice The day is not over, or its attestation would have expired already.
    error DayNotAttestable(uint32 day);
    /// @notice A day has one root for ever, whichever set signed it: `root`.
    error AlreadyAttested(uint32 day, bytes32 root);

    /// @notice Only the owner of the core contract may do this.
    error NotOwner(address caller);

    /// @notice Seconds after its day's end for which an attestation counts: 48 hours.
    /// @dev Anyone; moves nothing; no errors.
    function ATTESTATION_LIFE() external view returns (uint40);

    /// @notice The newest set; 0 while there is none.
    /// @dev Anyone; moves nothing; no errors.
    function latestSet() external view returns (uint16);

    /// @notice Threshold and members of set `id`, 1 to `latestSet`.
    /// @dev Anyone; moves nothing; errors: `UnknownSet`.
    function sets(uint16 id) external view returns (uint8 threshold, address[] memory members);

    /// @notice Adds a set, which is the latest from now on.
    /// @dev The owner of the core at the time of the call. Moves nothing. Errors: `NotOwner`, `BadThreshold`, `MembersNotAscending`,
    /// `NoMoreSets`.
    function addSet(uint8 threshold, address[] calldata members) external returns (uint16 id);

    /// @notice Passes if a quorum of set `id` signed the EIP-712 struct with `structHash` under the core's domain.
    /// @param members bitmap of the signing members, lowest bit = member 0
    /// @param signatures one for each bit, lowest first
    /// @dev Whether set `id` is the right one is the caller's to know. Anyone; moves nothing; errors: `UnknownSet`, `NoQuorum`,
    /// `BadMemberBitmap`, `NotSignedByMember`.
    function checkQuorum(uint16 id, bytes32 structHash, uint256 members, Signature[] calldata signatures) external view;

    /// @notice Posts the root that a quorum of the latest set signed for a day that is over: `Attestation(uint32 day,bytes32 root)`.
    /// @dev Anyone, once a day. Moves nothing. Errors: `DayNotAttestable`, `AlreadyAttested`, as `checkQuorum`
    /// (`UnknownSet` with 0: there is no set yet).
    function attest(uint32 day, bytes32 root, uint256 members, Signature[] calldata signatures) external;

    /// @notice The attestation of `day`; all zero if there is none.
    /// @dev Anyone; moves nothing; no errors.
    function attestations(uint32 day) external view returns (Attestation memory);

    /// @notice Whether `leaf` at `index` is under the root of `day` and that attestation has not expired. `proof`: siblings from the leaf up.
    /// Zero is never attested: it pads trees. Callers hash the leaf themselves: an inner node passes as well as a leaf does.
    /// @dev Anyone; moves nothing; errors: `IndexOutsideTree` (when there is an attestation to look under).
    function isAttested(uint32 day, bytes32 leaf, uint256 index, bytes32[] calldata proof) external view returns (bool);
}
