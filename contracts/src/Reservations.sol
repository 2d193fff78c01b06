// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import {IBerth} from "./interfaces/IBerth.sol";
import {IVerifiers} from "./interfaces/IVerifiers.sol";
import {Exits} from "./reservations/Exits.sol";
import {ReservationPicture} from "./reservations/ReservationPicture.sol";
import {Stakes} from "./reservations/Stakes.sol";
import {Terms} from "./reservations/Terms.sol";

/// @title Reservations
/// @notice Stake and reservations. Made by the core's constructor, without an owner, immutable. It never touches the reserve token: all
/// that it accounts for lies in the core as credits of its own account.
/// @dev Made of parts, each an abstract contract over the ones before it:
///   Stakes    stake of operators, lockable by node
///   Books     where reservations lie; time
///   Signers   who signs for which days; transfers
///   Terms     quotes -> reservations; views
///   Days      claims
///   Exits     refunds, cancelling
/// Credits of this account in the core = stake (free, unbonding, lockable) + what is owed + price and collateral of days not resolved.
contract Reservations is Exits {
    /// @notice Draws the tokens. Anyone; moves nothing; no errors.
    ReservationPicture public immutable picture = new ReservationPicture();

    /// @param core_ the core, which makes this contract
    /// @param verifiers_ the core's
    constructor(IBerth core_, IVerifiers verifiers_) ERC721("Berth Reservation", "BERTH") Stakes(core_) Terms(verifiers_) {}

    /// @notice JSON with a picture, as a data URI: class, GPUs, node, term, days served and what lies in the token, as of now.
    /// @dev Anyone; moves nothing; errors: `ERC721NonexistentToken` (also after a cancel).
    function tokenURI(uint256 id) public view override returns (string memory) {
        _requireOwned(id);
        return picture.uri(reservationOf(id));
    }
}
