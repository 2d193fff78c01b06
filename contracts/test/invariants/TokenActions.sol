// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MoodyBuyer} from "./Hostile.sol";
import {TermActions} from "./TermActions.sol";

/// @notice The token changes hands: sold by its owner or who it trusts, to people and to a contract that calls back in the middle.
abstract contract TokenActions is TermActions {
    /// @dev Set while an action is tried out: such a one has no other in the middle of it.
    bool internal trying;

    /// @dev Gives a token away, and has another action taken while the receiver is being told.
    function giveWithin(uint256 seed) internal virtual;

    /// @dev Half of the time by a marketplace that was approved, one time in eight by a thief.
    function transferFrom(uint256 seed) external drawn("transferFrom") lowersOnly(address(0)) {
        if (ghostReservations.length == 0) return;
        uint256 i = aliveReservation(seed);
        ReservationGhostData storage it = ghostReservations[i];
        if (it.cancelled && seed % 8 != 0) return;
        (address giver, address to) = (it.holder, accounts[(seed >> 16) % TENANTS]);
        address sender = seed % 8 == 0 ? accounts[7] : it.holder;
        if (seed % 2 == 1 && !it.cancelled) {
            bool all = (seed >> 24) % 2 == 0;
            draw(all ? bytes32("setApprovalForAll") : bytes32("approve"));
            bytes memory trust = all
                ? abi.encodeCall(reservations.setApprovalForAll, (market, true))
                : abi.encodeCall(reservations.approve, (market, it.id));
            record(all ? bytes32("setApprovalForAll") : bytes32("approve"), attemptReservations(it.holder, trust), true);
            sender = market;
        }
        bool success = attemptReservations(sender, abi.encodeCall(reservations.transferFrom, (it.holder, to, it.id)));
        record("transferFrom", success, !it.cancelled && (sender == it.holder || sender == market));
        if (success) ghostTransfer(i, to);
        // A trust that was given for all tokens ends here: the ghost need not remember it.
        if (sender == market) attemptReservations(giver, abi.encodeCall(reservations.setApprovalForAll, (market, false)));
    }

    /// @dev The receiver is a contract: it refuses, takes, passes on, cancels, or names a signer while it is being told; or whatever else there
    /// is to do is done then.
    function safeTransferFrom(uint256 seed) external drawn("safeTransferFrom") lowersOnly(address(0)) {
        if (ghostReservations.length == 0) return;
        if (!inside && !trying && (seed >> 40) % 3 == 0) return giveWithin(seed);
        uint256 i = aliveReservation(seed);
        ReservationGhostData storage it = ghostReservations[i];
        if (it.cancelled || it.holder == address(receiver)) return;
        address sender = seed % 8 == 0 ? accounts[7] : it.holder;
        MoodyBuyer.Mood mood = MoodyBuyer.Mood((seed >> 16) % 5);
        address next = accounts[(seed >> 24) % TENANTS];
        // What the receiver can't do refuses the whole transfer.
        if (mood == MoodyBuyer.Mood.Cancel && today() + 1 >= it.endDay) mood = MoodyBuyer.Mood.Keep;
        if (mood == MoodyBuyer.Mood.Cancel && lapsing(it)) mood = MoodyBuyer.Mood.Keep;
        receiver.arm(mood, next);
        bytes memory data =
            abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", it.holder, address(receiver), it.id);
        bool success = attemptReservations(sender, data);
        record("safeTransferFrom", success, sender == it.holder && mood != MoodyBuyer.Mood.Refuse);
        if (!success) return;
        ghostTransfer(i, address(receiver));
        if (mood == MoodyBuyer.Mood.PassOn) ghostTransfer(i, next);
        if (mood == MoodyBuyer.Mood.Sign) ghostSigner(it, agentKey(1));
        uint256 first = today() + 1 > it.startDay ? today() + 1 : it.startDay;
        if (mood == MoodyBuyer.Mood.Cancel) ghostCancel(i, first, it.cancelFeeBps);
    }

    function setSigner(uint256 seed) external drawn("setSigner") lowersOnly(address(0)) {
        if (ghostReservations.length == 0) return;
        uint256 i = aliveReservation(seed);
        ReservationGhostData storage it = ghostReservations[i];
        address sender = seed % 8 == 0 ? accounts[7] : it.holder;
        uint256 key = (seed >> 16) % 6 == 0 ? 0 : agentKey((seed >> 16) % 3);
        bool success = attemptReservations(sender, abi.encodeCall(reservations.setSigner, (it.id, key == 0 ? address(0) : agentOf(key))));
        record("setSigner", success, sender == it.holder && !it.cancelled);
        if (!success) return;
        ghostAdvance(i);
        ghostSigner(it, key);
    }

    function ghostTransfer(uint256 i, address to) internal {
        ReservationGhostData storage it = ghostReservations[i];
        if (it.holder == to) return;
        ghostAdvance(i);
        it.holder = to;
        it.askedAt = 0;
        ghostSigner(it, 0);
    }

    /// @dev Whether time would decide something: the end of the term may then be nearer than the ghost knows.
    function lapsing(ReservationGhostData storage it) private view returns (bool) {
        for (uint256 d; d < it.fates.length; ++d) {
            if (it.fates[d] == Fate.Open) return block.timestamp >= deadline(it, d);
        }
        return false;
    }
}
