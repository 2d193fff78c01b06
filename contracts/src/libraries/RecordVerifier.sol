// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IComputeRecords} from "../interfaces/IComputeRecords.sol";

/// @notice What one lease used up to one block, as packed in a record: 32 bytes, big-endian, in this order.
struct ComputeRecord {
    uint32 leaseNo;
    uint64 cumulativeMs;
    uint64 amount;
    uint32 requests;
    uint64 tokens;
}

/// @notice The public part of a lease's terms (EIP-712).
struct PublicTerms {
    bytes32 tab;
    uint32 leaseNo;
    string class;
    uint16 count;
    uint64 price;
    uint8 meter;
    uint64 start;
    uint32 window;
    uint32 pause;
    uint32 stop;
    uint32 idle;
}

/// @title RecordVerifier
/// @notice The formulas of docs/formats.md: amounts, leaves, trees, hashes. Pure; TypeScript has the same, tested by the same vectors.
library RecordVerifier {
    uint256 internal constant MS_PER_HOUR = 3_600_000;
    uint256 internal constant DAY_TREE_DEPTH = 16;

    bytes32 internal constant PUBLIC_TERMS_TYPEHASH = keccak256(
        "PublicTerms(bytes32 tab,uint32 leaseNo,string class,uint16 count,uint64 price,uint8 meter,uint64 start,uint32 window,uint32 pause,uint32 stop,uint32 idle)"
    );

    /// @notice A tab's id.
    function tabId(uint256 chainId, address core, address signer, address node) internal pure returns (bytes32) {
        return keccak256(abi.encode(chainId, core, signer, node));
    }

    function pack(ComputeRecord memory record) internal pure returns (bytes32) {
        return bytes32(
            abi.encodePacked(record.leaseNo, record.cumulativeMs, record.amount, record.requests, record.tokens)
        );
    }

    function unpack(bytes32 packed) internal pure returns (ComputeRecord memory) {
        uint256 word = uint256(packed);
        return ComputeRecord({
            leaseNo: uint32(word >> 224),
            cumulativeMs: uint64(word >> 160),
            amount: uint64(word >> 96),
            requests: uint32(word >> 64),
            tokens: uint64(word)
        });
    }

    /// @notice What a lease at `price` (credits per GPU-hour) owes for the step from `msBefore` to `msAfter` of its cumulative time.
    /// @dev floor(after) - floor(before): the sum of all steps is the floor of the whole, whatever the steps.
    function recordAmount(uint64 msBefore, uint64 msAfter, uint64 price) internal pure returns (uint64) {
        require(msAfter >= msBefore, IComputeRecords.TimeWentBack(msBefore, msAfter));
        uint256 amount = uint256(msAfter) * price / MS_PER_HOUR - uint256(msBefore) * price / MS_PER_HOUR;
        require(amount <= type(uint64).max, IComputeRecords.AmountTooLarge(amount));
        return uint64(amount);
    }

    function recordLeaf(bytes32 tab, uint64 blockNumber, uint32 seq, bytes32 record) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(1), tab, blockNumber, seq, record));
    }

    function termsLeaf(bytes32 tab, uint32 leaseNo, bytes32 termsHash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(2), tab, leaseNo, termsHash));
    }

    function anchorLeaf(bytes32 tab, uint32 seq, bytes32 tabBlockRoot) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(uint8(3), tab, seq, tabBlockRoot));
    }

    function publicTermsHash(PublicTerms memory terms) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                PUBLIC_TERMS_TYPEHASH,
                terms.tab,
                terms.leaseNo,
                keccak256(bytes(terms.class)),
                terms.count,
                terms.price,
                terms.meter,
                terms.start,
                terms.window,
                terms.pause,
                terms.stop,
                terms.idle
            )
        );
    }

    /// @notice `recordsHash` of a receipt.
    function recordsHash(
        bytes32 tab,
        uint32 seq,
        uint64 blockNumber,
        uint64 used,
        uint32 treeSize,
        bytes32 treeRoot,
        bytes32 previousDayRecordsHash
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(tab, seq, blockNumber, used, treeSize, treeRoot, previousDayRecordsHash));
    }

    /// @notice The root over `leaves`, padded with zero to the next power of two. One leaf is its own root, none gives zero.
    function merkleRoot(bytes32[] memory leaves) internal pure returns (bytes32) {
        uint256 width = 1;
        uint256 depth;
        while (width < leaves.length) {
            width <<= 1;
            ++depth;
        }
        return _root(leaves, depth);
    }

    /// @notice The root of the day tree whose first leaves (tabBlockRoots, in order) are `leaves`.
    function dayTreeRoot(bytes32[] memory leaves) internal pure returns (bytes32) {
        require(leaves.length <= 1 << DAY_TREE_DEPTH, IComputeRecords.NotADayTree(leaves.length));
        return _root(leaves, DAY_TREE_DEPTH);
    }

    /// @notice The root that `leaf` at `index` and its siblings, from the leaf up, lead to.
    function proofRoot(bytes32 leaf, uint256 index, bytes32[] memory proof) internal pure returns (bytes32 node) {
        require(proof.length < 256 && index >> proof.length == 0, IComputeRecords.IndexOutsideTree(index, proof.length));
        node = leaf;
        for (uint256 i; i < proof.length; ++i) {
            node = (index >> i) & 1 == 0 ? _pair(node, proof[i]) : _pair(proof[i], node);
        }
    }

    function verifyProof(bytes32 leaf, uint256 index, bytes32[] memory proof, bytes32 root) internal pure returns (bool) {
        return proofRoot(leaf, index, proof) == root;
    }

    /// @notice Whether `tabBlockRoot` is leaf `index` of the day tree with `treeRoot`.
    function verifyDayProof(bytes32 tabBlockRoot, uint256 index, bytes32[] memory proof, bytes32 treeRoot) internal pure returns (bool) {
        require(proof.length == DAY_TREE_DEPTH, IComputeRecords.NotADayTree(proof.length));
        return proofRoot(tabBlockRoot, index, proof) == treeRoot;
    }

    /// @dev Reduces level by level; what is right of the last leaf is the root of an empty subtree, hashed once a level.
    function _root(bytes32[] memory leaves, uint256 depth) private pure returns (bytes32) {
        uint256 length = leaves.length;
        bytes32[] memory level = new bytes32[](length);
        for (uint256 i; i < length; ++i) {
            level[i] = leaves[i];
        }
        bytes32 empty;
        for (uint256 d; d < depth; ++d) {
            uint256 half = (length + 1) / 2;
            for (uint256 i; i < half; ++i) {
                level[i] = _pair(level[2 * i], 2 * i + 1 < length ? level[2 * i + 1] : empty);
            }
            length = half;
            empty = _pair(empty, empty);
        }
        return length == 0 ? empty : level[0];
    }

    function _pair(bytes32 left, bytes32 right) private pure returns (bytes32 hash) {
        // Hashes in scratch space: a pair allocates nothing.
        // solhint-disable-next-line no-inline-assembly
        assembly ("memory-safe") {
            mstore(0x00, left)
            mstore(0x20, right)
            hash := keccak256(0x00, 0x40)
        }
    }
}
