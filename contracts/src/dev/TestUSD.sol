// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";

/// @title TestUSD
/// @notice A stablecoin without value for tests and local chains: 6 decimals, ERC-2612 permits, anyone may mint.
contract TestUSD is ERC20, ERC20Permit {
    constructor() ERC20("Test USD", "tUSD") ERC20Permit("Test USD") {}

    /// @notice Mints `amount` (units of 1e-6) to `to`.
    /// @dev Anyone. Moves `amount` new tokens to `to`. Errors: `ERC20InvalidReceiver` (zero).
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// @notice 6, as the stablecoins that it stands for.
    /// @dev Anyone; moves nothing; no errors.
    function decimals() public pure override returns (uint8) {
        return 6;
    }
}
