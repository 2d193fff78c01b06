// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IControls} from "./IControls.sol";
import {ICreditEscrow} from "./ICreditEscrow.sol";
import {INodeRegistry} from "./INodeRegistry.sol";
import {IReservationCredits} from "./IReservationCredits.sol";
import {ISettlement} from "./ISettlement.sol";
import {IStandingOrders} from "./IStandingOrders.sol";
import {ITabs} from "./ITabs.sol";
import {IVerifiers} from "./IVerifiers.sol";

/// @title IBerth
/// @notice The core contract: credits, nodes, tabs, settlement, and the owner's few powers. EIP-712 domain: name `Berth`, version `1`.
/// @dev Accounts are addresses on this chain only: the same address elsewhere may be someone else.
interface IBerth is IStandingOrders, ISettlement, IReservationCredits, ITabs, ICreditEscrow, IControls, INodeRegistry {
    /// @notice The EIP-712 domain separator on the chain that this call runs on.
    /// @dev Anyone; moves nothing; no errors.
    function DOMAIN_SEPARATOR() external view returns (bytes32);

    /// @notice The verifier sets and attestations of this core: made by its constructor, under its owner.
    /// @dev Anyone; moves nothing; no errors.
    function verifiers() external view returns (IVerifiers);
}
