// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice An account that is a contract, without a receiver callback: it can own what is minted to it, and calls what it is told.
contract PlainAccount {
    function call(address target, bytes calldata data) external returns (bytes memory) {
        (bool success, bytes memory result) = target.call(data);
        if (success) return result;
        assembly ("memory-safe") {
            revert(add(result, 32), mload(result))
        }
    }
}

/// @notice Calls back into everything that it was armed with when it receives a token, and keeps what came of each.
contract HostileReceiver is PlainAccount {
    address[] private _targets;
    bytes[] private _calls;
    /// @notice Whether each call went through, in order.
    bool[] public outcomes;

    function arm(address target, bytes calldata data) external {
        _targets.push(target);
        _calls.push(data);
    }

    function onERC721Received(address, address, uint256, bytes calldata) external returns (bytes4) {
        for (uint256 i; i < _calls.length; ++i) {
            (bool success,) = _targets[i].call(_calls[i]);
            outcomes.push(success);
        }
        return this.onERC721Received.selector;
    }
}
