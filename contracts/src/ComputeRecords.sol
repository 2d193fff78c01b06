// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IComputeRecords} from "./interfaces/IComputeRecords.sol";
import {ComputeRecord, PublicTerms, RecordVerifier} from "./libraries/RecordVerifier.sol";

/// @title ComputeRecords
/// @notice Posts roots over compute records, one storage write each, and recomputes leaves, trees and amounts for anyone who asks.
/// Holds no money and has no owner. The functions below `anchor` are RecordVerifier's, callable.
contract ComputeRecords is IComputeRecords {
    /// @inheritdoc IComputeRecords
    mapping(address recorder => bytes32) public heads;

    /// @inheritdoc IComputeRecords
    function anchor(bytes32 root, bytes calldata records) external {
        bytes32 head = keccak256(abi.encode(heads[msg.sender], root, block.number));
        heads[msg.sender] = head;
        emit Anchored(msg.sender, root, head, records);
    }

    /// @notice keccak256(abi.encode(chainId, core, signer, node)). Anyone; moves nothing; no errors.
    function tabId(uint256 chainId, address core, address signer, address node) external pure returns (bytes32) {
        return RecordVerifier.tabId(chainId, core, signer, node);
    }

    /// @notice The 32 bytes of a record. Anyone; moves nothing; no errors.
    function packRecord(ComputeRecord calldata record) external pure returns (bytes32) {
        return RecordVerifier.pack(record);
    }

    /// @notice What the 32 bytes of a record say. Anyone; moves nothing; no errors.
    function unpackRecord(bytes32 record) external pure returns (ComputeRecord memory) {
        return RecordVerifier.unpack(record);
    }

    /// @notice The amount of a record: floor(price x msAfter) - floor(price x msBefore), price in credits per GPU-hour.
    /// @dev Anyone; moves nothing; errors: `TimeWentBack`, `AmountTooLarge`.
    function recordAmount(uint64 msBefore, uint64 msAfter, uint64 price) external pure returns (uint64) {
        return RecordVerifier.recordAmount(msBefore, msAfter, price);
    }

    /// @notice The leaf of a record: kind byte 1. Anyone; moves nothing; no errors.
    function recordLeaf(bytes32 tab, uint64 blockNumber, uint32 seq, bytes32 record) external pure returns (bytes32) {
        return RecordVerifier.recordLeaf(tab, blockNumber, seq, record);
    }

    /// @notice The first leaf of a lease: kind byte 2. Anyone; moves nothing; no errors.
    function termsLeaf(bytes32 tab, uint32 leaseNo, bytes32 termsHash) external pure returns (bytes32) {
        return RecordVerifier.termsLeaf(tab, leaseNo, termsHash);
    }

    /// @notice A tab's leaf in an anchor: kind byte 3. Anyone; moves nothing; no errors.
    function anchorLeaf(bytes32 tab, uint32 seq, bytes32 tabBlockRoot) external pure returns (bytes32) {
        return RecordVerifier.anchorLeaf(tab, seq, tabBlockRoot);
    }

    /// @notice The EIP-712 struct hash of a lease's public terms. Anyone; moves nothing; no errors.
    function publicTermsHash(PublicTerms calldata terms) external pure returns (bytes32) {
        return RecordVerifier.publicTermsHash(terms);
    }

    /// @notice What a receipt's `recordsHash` opens to. Anyone; moves nothing; no errors.
    function recordsHash(
        bytes32 tab,
        uint32 seq,
        uint64 blockNumber,
        uint64 used,
        uint32 treeSize,
        bytes32 treeRoot,
        bytes32 previousDayRecordsHash
    ) external pure returns (bytes32) {
        return RecordVerifier.recordsHash(tab, seq, blockNumber, used, treeSize, treeRoot, previousDayRecordsHash);
    }

    /// @notice The root over a receipt's or an anchor's leaves. Anyone; moves nothing; no errors.
    function merkleRoot(bytes32[] calldata leaves) external pure returns (bytes32) {
        return RecordVerifier.merkleRoot(leaves);
    }

    /// @notice The root of a day tree (depth 16) that holds `leaves` so far.
    /// @dev Anyone; moves nothing; errors: `NotADayTree`.
    function dayTreeRoot(bytes32[] calldata leaves) external pure returns (bytes32) {
        return RecordVerifier.dayTreeRoot(leaves);
    }

    /// @notice Whether `leaf` at `index` is under `root`. `proof`: siblings from the leaf up.
    /// @dev Anyone; moves nothing; errors: `IndexOutsideTree`.
    function verifyProof(bytes32 leaf, uint256 index, bytes32[] calldata proof, bytes32 root) external pure returns (bool) {
        return RecordVerifier.verifyProof(leaf, index, proof, root);
    }

    /// @notice Whether `tabBlockRoot` was leaf `index` of a day.
    /// @dev Anyone; moves nothing; errors: `NotADayTree` (a proof has 16 siblings), `IndexOutsideTree`.
    function verifyDayProof(bytes32 tabBlockRoot, uint256 index, bytes32[] calldata proof, bytes32 treeRoot) external pure returns (bool) {
        return RecordVerifier.verifyDayProof(tabBlockRoot, index, proof, treeRoot);
    }
}
