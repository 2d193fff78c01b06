// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Actions} from "./Actions.sol";
import {bound, vm} from "./Vm.sol";

/// @notice All that the owner can do, and a stranger's attempts at it.
abstract contract OwnerActions is Actions {
    address private _pendingOwner;

    /// @dev None at all one time in four, as it is at first: a tab without a fee is paid on a way of its own.
    function setFee(uint16 bps) external drawn("setFee") lowersOnly(address(0)) {
        bps = uint16(bound(bps, 0, 700));
        if (bps % 4 == 1) bps = 0;
        bool stranger = bps != 0 && bps % 5 == 0;
        bool success = attempt(stranger ? accounts[7] : owner, abi.encodeCall(berth.setFee, (bps)));
        record("setFee", success, bps <= 500 && !stranger);
        if (success) ghostFeeBps = bps;
    }

    function setPaused(uint256 seed) external drawn("setPaused") lowersOnly(address(0)) {
        // Paused for a sixth of the time.
        bool value = seed % 6 == 0;
        bool success = attempt(seed % 7 == 0 ? accounts[7] : owner, abi.encodeCall(berth.setPaused, (value)));
        record("setPaused", success, seed % 7 != 0);
        if (success) ghostPaused = value;
    }

    function withdrawFees(uint256 seed) external drawn("withdrawFees") lowersOnly(address(0)) {
        address sender = seed % 5 == 0 ? accounts[7] : owner;
        if (ghostFees == 0 && seed % 5 != 0) return;
        bool success = attempt(sender, abi.encodeCall(berth.withdrawFees, (owner)));
        record("withdrawFees", success, sender == owner && ghostFees != 0);
        if (success) ghostFees = 0;
    }

    function passTime(uint256 seconds_) external drawn("passTime") {
        vm.warp(block.timestamp + bound(seconds_, 1, 30 hours));
        record("passTime", true, true);
    }

    function transferOwnership(uint256 seed) external drawn("transferOwnership") lowersOnly(address(0)) {
        address to = accounts[seed % 2 == 0 ? 6 : 0];
        address sender = (seed >> 8) % 5 == 0 ? accounts[7] : owner;
        bool success = attempt(sender, abi.encodeCall(berth.transferOwnership, (to)));
        record("transferOwnership", success, sender == owner);
        if (success) _pendingOwner = to;
    }

    function acceptOwnership(uint256 seed) external drawn("acceptOwnership") lowersOnly(address(0)) {
        if (_pendingOwner == address(0) && seed % 8 != 0) return;
        address sender = seed % 5 == 0 || _pendingOwner == address(0) ? accounts[7] : _pendingOwner;
        bool success = attempt(sender, abi.encodeCall(berth.acceptOwnership, ()));
        record("acceptOwnership", success, sender == _pendingOwner);
        if (success) (owner, _pendingOwner) = (_pendingOwner, address(0));
    }

    /// @notice Half of the time by the owner, who is then put back, for without one all that an owner does would end here.
    function renounceOwnership(uint256 seed) external drawn("renounceOwnership") lowersOnly(address(0)) {
        address sender = seed % 2 == 0 ? owner : strangerTo(seed);
        bool success = sender == owner;
        if (success) undone(abi.encodeCall(this.renounceAndUndo, ()));
        else success = attempt(sender, abi.encodeCall(berth.renounceOwnership, ()));
        record("renounceOwnership", success, sender == owner);
    }

    /// @notice Renounces, tries all that an owner may, and the takeover that was offered before: none of it is anybody's.
    function renounceAndUndo() external {
        require(attempt(owner, abi.encodeCall(berth.renounceOwnership, ())), "the owner could not renounce");
        require(berth.owner() == address(0) && berth.pendingOwner() == address(0), "a renounced ownership is somebody's");
        if (_pendingOwner != address(0)) {
            require(!attempt(_pendingOwner, abi.encodeCall(berth.acceptOwnership, ())), "a renounced ownership was accepted");
        }
        bytes[5] memory calls = [
            abi.encodeCall(berth.setFee, (1)),
            abi.encodeCall(berth.setPaused, (!ghostPaused)),
            abi.encodeCall(berth.withdrawFees, (owner)),
            abi.encodeCall(berth.transferOwnership, (owner)),
            abi.encodeCall(berth.renounceOwnership, ())
        ];
        for (uint256 i; i < calls.length; ++i) {
            require(!attempt(owner, calls[i]), "who renounced is owner still");
        }
        bytes memory addSet = abi.encodeWithSignature("addSet(uint8,address[])", 0, new address[](0));
        require(!attemptAt(address(berth.verifiers()), owner, addSet), "who renounced adds verifiers still");
        revert Undone();
    }

    /// @dev Whom the ownership is offered to is none either.
    function strangerTo(uint256 seed) private view returns (address) {
        if ((seed >> 8) % 3 == 0 && _pendingOwner != address(0) && _pendingOwner != owner) return _pendingOwner;
        address account = accounts[(seed >> 16) % accounts.length];
        return account == owner ? accounts[7] : account;
    }

    /// @notice The door for the Reservations contract is shut to everybody else.
    function knock(uint256 seed) external lowersOnly(address(0)) {
        address sender = accounts[seed % accounts.length];
        bytes[4] memory calls = [
            abi.encodeCall(berth.lockCredits, (accounts[0], 1)),
            abi.encodeCall(berth.fundReservation, (accounts[0], nodes[0], 1)),
            abi.encodeCall(berth.payReservation, (nodes[0], 1, 0)),
            abi.encodeCall(berth.releaseCredits, (accounts[7], 1))
        ];
        require(!attempt(sender, calls[(seed >> 8) % 4]), "a stranger moved the credits of reservations");
    }

    /// @notice Days pass: deadlines lapse, refunds ripen.
    function passDays(uint256 seed) external drawn("passDays") {
        uint256 borders = (block.timestamp / 1 days + 1 + seed % 3) * 1 days;
        vm.warp(borders - 1 + (seed >> 8) % 3);
        record("passDays", true, true);
    }
}
