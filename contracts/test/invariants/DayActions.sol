// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../../src/interfaces/IVerifiers.sol";
import {DayRuns} from "./DayRuns.sol";

/// @notice Days, claimed by the holder's agent, by nobody, by a quorum, or by time.
abstract contract DayActions is DayRuns {
    function claimDays(uint256 seed) external drawn("claimDays") lowersOnly(address(0)) {
        Run memory run = someRun(seed, false, seed % 16 == 0 ? Signer.Any : Signer.Somebody);
        if (run.count == 0) return;
        ReservationGhostData storage it = ghostReservations[run.i];
        uint256 key = signerKeyOn(it, run.first);
        if (key == 0 && seed % 16 != 0) return;
        bytes memory served;
        for (uint256 n; n < run.count; ++n) {
            served = bytes.concat(served, bytes2(uint16(minutesSaid(seed, n))));
        }
        bytes32 claim = keccak256(
            abi.encode(keccak256("DayClaim(uint256 reservation,uint32 firstDay,bytes served)"), it.id, uint32(run.first), keccak256(served))
        );
        bool forged = seed % 12 == 1 || key == 0;
        (bytes32 r, bytes32 vs) = sign(forged ? nodeKeys[0] : key, claim);
        bytes memory data = abi.encodeCall(reservations.claimDays, (it.id, uint32(run.first), served, r, vs));
        bool success = attemptReservations(accounts[7], data);
        record("claimDays", success, run.ok && !forged && oneSigner(it, run) && anyOpen(run, seed));
        if (success) ghostRun(run, seed, Fate.Holder);
    }

    function claimUnsignedDays(uint256 seed) external drawn("claimUnsignedDays") lowersOnly(address(0)) {
        Run memory run = someRun(seed, false, seed % 8 == 0 ? Signer.Any : Signer.Nobody);
        if (run.count == 0) return;
        ReservationGhostData storage it = ghostReservations[run.i];
        bool nobody = signerKeyOn(it, run.first) == 0;
        if (!nobody && seed % 8 != 0) return;
        bytes memory data = abi.encodeCall(reservations.claimUnsignedDays, (it.id, uint32(run.first), uint16(run.count)));
        bool success = attemptReservations(accounts[7], data);
        record("claimUnsignedDays", success, run.ok && nobody && oneSigner(it, run) && anyOpen(run, 0));
        if (success) ghostRun(run, 0, Fate.Holder);
    }

    function attestDays(uint256 seed) external drawn("attestDays") lowersOnly(address(0)) {
        Run memory run = someRun(seed, true, Signer.Any);
        if (run.count == 0) return;
        ReservationGhostData storage it = ghostReservations[run.i];
        if (!hasQuorum(it) && seed % 8 != 0) return;
        bytes32 typehash = keccak256("ServedDays(uint256 reservation,uint32 firstDay,uint16 count)");
        bytes32 hash = keccak256(abi.encode(typehash, it.id, uint32(run.first), uint16(run.count)));
        (uint256 bitmap, Signature[] memory signatures, bool enough) = quorum(it.set, hash, seed >> 64);
        bytes memory data = abi.encodeCall(reservations.attestDays, (it.id, uint32(run.first), uint16(run.count), bitmap, signatures));
        bool fine = run.ok && enough && anyOpen(run, 0) && quorumMay(run);
        bool success = attemptReservations(accounts[7], data);
        record("attestDays", success, fine);
        if (success) ghostRun(run, 0, Fate.Quorum);
    }

    function lapseDays(uint256 seed) external drawn("lapseDays") lowersOnly(address(0)) {
        if (ghostReservations.length == 0) return;
        uint256 i = (seed >> 3) % ghostReservations.length;
        bool unknown = seed % 8 == 0;
        uint256 id = unknown ? seed : ghostReservations[i].id;
        bool success = attemptReservations(accounts[7], abi.encodeCall(reservations.lapseDays, (id)));
        record("lapseDays", success, !unknown);
        if (success) ghostAdvance(i);
    }

    function oneSigner(ReservationGhostData storage it, Run memory run) private view returns (bool) {
        for (uint256 n = 1; n < run.count; ++n) {
            if (signerKeyOn(it, run.first + n) != signerKeyOn(it, run.first)) return false;
        }
        return true;
    }

    /// @dev Whether the run claims a day that is open: with minutes by `seed`, or all of it. Posts time first: if the call is refused for it, it
    /// was not the call that posted it, so the ghost only looks ahead.
    function anyOpen(Run memory run, uint256 seed) private returns (bool open) {
        if (!run.ok) return false;
        try this.peekOpen(run, seed) {} catch (bytes memory answer) {
            open = answer.length == 32 && abi.decode(answer, (bool));
        }
    }

    /// @notice Reverts with its answer, so that nothing of it stays.
    function peekOpen(Run memory run, uint256 seed) external {
        ghostAdvance(run.i);
        ReservationGhostData storage it = ghostReservations[run.i];
        bool open;
        for (uint256 n; n < run.count; ++n) {
            if (it.fates[run.first + n - it.startDay] == Fate.Open && minutesSaid(seed, n) != 0) open = true;
        }
        assembly ("memory-safe") {
            mstore(0, open)
            revert(0, 32)
        }
    }

    function ghostRun(Run memory run, uint256 seed, Fate fate) private {
        ghostAdvance(run.i);
        ReservationGhostData storage it = ghostReservations[run.i];
        for (uint256 n; n < run.count; ++n) {
            if (fate == Fate.Quorum && !heard(it, run.first + n - it.startDay)) continue;
            ghostServe(it, run.first + n - it.startDay, minutesSaid(seed, n), fate);
        }
    }

    /// @dev One open day at least in its last two days, and of those no more than three running with those that a quorum has paid.
    function quorumMay(Run memory run) private view returns (bool) {
        ReservationGhostData storage it = ghostReservations[run.i];
        bool any;
        bool[] memory quorumPaid = new bool[](it.fates.length + 2);
        for (uint256 d; d < it.fates.length; ++d) {
            bool fresh = d + it.startDay >= run.first && d + it.startDay < run.first + run.count && it.fates[d] == Fate.Open
                && block.timestamp < deadline(it, d);
            fresh = fresh && heard(it, d);
            any = any || fresh;
            quorumPaid[d] = fresh || it.fates[d] == Fate.Quorum;
        }
        uint256 running;
        for (uint256 d; d < it.fates.length; ++d) {
            running = quorumPaid[d] ? running + 1 : 0;
            if (running > 3) return false;
        }
        return any;
    }

    function heard(ReservationGhostData storage it, uint256 d) private view returns (bool) {
        return block.timestamp >= deadline(it, d) - 2 days;
    }

    /// @dev `seed` 0: nobody says minutes, the day is served in full.
    function minutesSaid(uint256 seed, uint256 n) private pure returns (uint256) {
        return seed == 0 ? 1440 : minutesOn(seed, n);
    }

    function minutesOn(uint256 seed, uint256 n) private pure returns (uint16) {
        uint256 draw = uint256(keccak256(abi.encode(seed, n))) % 2000;
        return draw < 200 ? 0 : draw > 1440 ? 1440 : uint16(draw);
    }
}
