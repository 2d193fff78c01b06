// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What instrument.test.ts measures: each way to branch once, where the test knows what is reached.
contract Control {
    address private immutable owner = msg.sender;
    uint256 public sum;

    modifier onlyOwner() {
        require(msg.sender == owner, "not the owner");
        _;
    }

    function guarded() external onlyOwner {
        ++sum;
    }

    function branches(uint256 a, uint256 b) external pure returns (uint256 r) {
        if (a > 1 && (b > 1 || b == a)) return 1;
        else if (a == 1) r = 2;
        uint256 c = b > 3 ? 10 : 20;
        r += c;
    }

    function loops(uint256 a) external pure returns (uint256 r) {
        for (uint256 i; i < a; ++i) {
            if (i == 3) break;
            ++r;
        }
        while (a != 0) --a;
    }

    function checks(uint256 a) external {
        ++sum;
        require(a != 5, "five");
    }

    function tries(Control other, uint256 a) external returns (uint256) {
        try other.checks(a) {
            return 1;
        } catch Error(string memory) {
            return 2;
        } catch {
            return 3;
        }
    }

    function yul(uint256 a) external pure returns (uint256 r) {
        assembly ("memory-safe") {
            if gt(a, 1) { r := 1 }
            for { let i := 0 } lt(i, a) { i := add(i, 1) } {
                r := add(r, 10)
            }
            switch a
            case 0 { r := 100 }
            case 1 { r := add(r, twice(100)) }
            function twice(x) -> y {
                y := mul(x, 2)
            }
        }
    }

    /// @notice What was returned is still there some statements later, and so is the scratch space.
    function returned(bytes calldata data) external view returns (uint256 size, bytes memory copy, uint256 scratch) {
        copy = new bytes(data.length);
        assembly ("memory-safe") {
            let at := mload(0x40)
            calldatacopy(at, data.offset, data.length)
            mstore(0, 0x1234)
            pop(staticcall(gas(), 4, at, data.length, 0, 0))
            let unused := 1
            if unused { size := returndatasize() }
            returndatacopy(add(copy, 32), 0, size)
            scratch := mload(0)
        }
    }

    function nobodyCalls() external {
        sum = 1;
    }
}
