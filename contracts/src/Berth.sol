// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Ownable} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {Reservations} from "./Reservations.sol";
import {Verifiers} from "./Verifiers.sol";
import {IBerth} from "./interfaces/IBerth.sol";
import {IReservationCredits} from "./interfaces/IReservationCredits.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {CreditEscrow} from "./parts/CreditEscrow.sol";
import {ReservationCredits} from "./parts/ReservationCredits.sol";
import {StandingOrders} from "./parts/StandingOrders.sol";

/// @title Berth
/// @notice An open market for GPU time: the one contract that holds money. Immutable; a new version is a new address.
/// @dev Made of parts, each an abstract contract over the ones before it:
///   Domain              EIP-712, signatures
///   Controls            the owner's settings
///   CreditEscrow        reserve <-> credits                 (the only calls to the token)
///   NodeRegistry        node key -> operator
///   Tabs                credits <-> tabs
///   Settlement          tabs -> operators' credits
///   StandingOrders      tabs -> operators' credits, up to what the tenant allowed beforehand
///   ReservationCredits  credits <-> the Reservations contract
/// `multicall` is not payable and nothing here reads msg.value.
contract Berth is IBerth, StandingOrders, ReservationCredits, Multicall {
    /// @inheritdoc IBerth
    IVerifiers public immutable verifiers;
    Reservations private immutable _reservations;

    /// @param reserve_ the ERC-20 behind the credits: no rebasing, and balances that only transfers change
    /// @param owner_ who may set fee and pause
    /// @dev What the core trusts it makes itself, so that nobody can name another: the addresses follow from the core's.
    constructor(IERC20 reserve_, address owner_) Ownable(owner_) CreditEscrow(reserve_) {
        verifiers = new Verifiers(address(this));
        _reservations = new Reservations(this, verifiers);
    }

    /// @inheritdoc IReservationCredits
    function reservations() public view override(IReservationCredits, ReservationCredits) returns (address) {
        return address(_reservations);
    }

    /// @inheritdoc IBerth
    // solhint-disable-next-line func-name-mixedcase
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        // The name is EIP-2612's.
        return _domainSeparator();
    }
}
