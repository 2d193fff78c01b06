// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title IComputeRecords
/// @notice Anchors of compute records, and the formulas that verify them (docs/formats.md).
interface IComputeRecords {
    /// @notice `recorder` posted `root` in this block. `head` chains all its anchors. `records`: what the root was made of, or empty.
    event Anchored(address indexed recorder, bytes32 root, bytes32 head, bytes records);

    /// @notice A proof's index points outside of the tree that a proof of its length belongs to.
    error IndexOutsideTree(uint256 index, uint256 depth);
    /// @notice A day tree holds at most 65,536 leaves, and a proof in it has 16 siblings.
    error NotADayTree(uint256 length);
    /// @notice The amount does not fit 64 bits.
    error AmountTooLarge(uint256 amount);
    /// @notice Cumulative time went backwards.
    error TimeWentBack(uint64 msBefore, uint64 msAfter);

    /// @notice The last head of `recorder`: keccak256(abi.encode(previous head, root, block number)), zero before the first anchor.
    /// @dev Anyone; moves nothing; no errors.
    function heads(address recorder) external view returns (bytes32);

    /// @notice Posts the root over a block's records under the caller's name. `records` (docs/formats.md, Anchor data; may be empty)
    /// is not checked here: it is put in the event so that anyone can recompute the root from it.
    /// @dev Anyone; an anchor counts for a node only if the node named the caller as recorder. Moves nothing. Errors: none.
    function anchor(bytes32 root, bytes calldata records) external;
}
