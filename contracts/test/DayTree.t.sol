// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IComputeRecords} from "../src/interfaces/IComputeRecords.sol";
import {RecordVerifier} from "../src/libraries/RecordVerifier.sol";

/// @notice The bound of a day tree. Here and not with the vectors: so many leaves are more calldata than a transaction may hold (EIP-7825).
contract DayTreeTest {
    function rootOf(uint256 leaves) external pure returns (bytes32) {
        return RecordVerifier.dayTreeRoot(new bytes32[](leaves));
    }

    function test_aDayTreeHasNo65537thLeaf() external view {
        // All zero, as the empty tree is.
        require(this.rootOf(65_536) == this.rootOf(0), "a full tree of zeros is not the empty one");
        try this.rootOf(65_537) {
            revert("a leaf too many was taken");
        } catch (bytes memory reason) {
            bytes memory expected = abi.encodeWithSelector(IComputeRecords.NotADayTree.selector, 65_537);
            require(keccak256(reason) == keccak256(expected), "refused, but not as a tree that is no day's");
        }
    }
}
