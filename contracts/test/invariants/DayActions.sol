// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Signature} from "../../src/interfaces/IVerifiers.sol";
import {ReservationGhost} from "./ReservationGhost.sol";
import {vm} from "./Vm.sol";

/// @notice Days, claimed by the holder's agent, by nobody, by a quorum, or by time.
abstract contract DayActions is ReservationGhost {
    /// @dev A run of days. `signed`: what the holder's agent says of each; `ok`: whether the run itself is in order.
    struct Run {
        uint256 i;
        uint256 first;
        uint256 count;
        bool ok;
    }

    function claimDays(uint256 seed) external lowersOnly(address(0)) {
        Run memory run = someRun(seed, false, false);
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

    function claimUnsignedDays(uint256 seed) external lowersOnly(address(0)) {
        Run memory run = someRun(seed, false, seed % 8 != 0);
        if (run.count == 0) return;
        ReservationGhostData storage it = ghostReservations[run.i];
        bool nobody = signerKeyOn(it, run.first) == 0;
        if (!nobody && seed % 8 != 0) return;
        bytes memory data = abi.encodeCall(reservations.claimUnsignedDays, (it.id, uint32(run.first), uint16(run.count)));
        bool success = attemptReservations(accounts[7], data);
        record("claimUnsignedDays", success, run.ok && nobody && oneSigner(it, run) && anyOpen(run, 0));
        if (success) ghostRun(run, 0, Fate.Holder);
    }

    function attestDays(uint256 seed) external lowersOnly(address(0)) {
        Run memory run = someRun(seed, true, false);
        if (run.count == 0) return;
        ReservationGhostData storage it = ghostReservations[run.i];
        if ((it.set == 0 || ghostSets[it.set - 1].threshold == 0) && seed % 8 != 0) return;
        bytes32 typehash = keccak256("ServedDays(uint256 reservation,uint32 firstDay,uint16 count)");
        bytes32 hash = keccak256(abi.encode(typehash, it.id, uint32(run.first), uint16(run.count)));
        (uint256 bitmap, Signature[] memory signatures, bool enough) = quorum(it.set, hash, seed >> 64);
        bytes memory data = abi.encodeCall(reservations.attestDays, (it.id, uint32(run.first), uint16(run.count), bitmap, signatures));
        bool fine = run.ok && enough && anyOpen(run, 0) && quorumMay(run);
        bool success = attemptReservations(accounts[7], data);
        record("attestDays", success, fine);
        if (success) ghostRun(run, 0, Fate.Quorum);
    }

    function lapseDays(uint256 seed) external lowersOnly(address(0)) {
        if (ghostReservations.length == 0) return;
        uint256 i = (seed >> 3) % ghostReservations.length;
        bool unknown = seed % 8 == 0;
        uint256 id = unknown ? seed : ghostReservations[i].id;
        bool success = attemptReservations(accounts[7], abi.encodeCall(reservations.lapseDays, (id)));
        record("lapseDays", success, !unknown);
        if (success) ghostAdvance(i);
    }

    /// @dev Begins at an open day that is over (for a quorum: in its last two days, to which time moves if need be).
    function someRun(uint256 seed, bool late, bool unsigned) private returns (Run memory run) {
        if (ghostReservations.length == 0) return run;
        uint256 d;
        bool found;
        (run.i, d, found) = openRun(seed, unsigned);
        if (!found && seed % 16 != 5) return run;
        ReservationGhostData storage it = ghostReservations[run.i];
        run.count = 1 + (seed >> 44) % 5;
        // The last two days of two days that follow each other share one day.
        if (late) run.count = 1 + (seed >> 44) % 8 / 4 + (seed >> 44) % 16 / 15;
        uint256 opens = late ? deadline(it, d) - (run.count == 1 ? 2 days : 1 days) : (it.startDay + d + 1) * 1 days;
        // Now and then a second too early.
        if (block.timestamp < opens && (seed >> 32) % 8 != 0) vm.warp(opens - ((seed >> 36) % 12 == 0 ? 1 : 0));
        run.first = it.startDay + d - ((seed >> 40) % 16 == 0 ? 1 : 0);
        uint256 over = today() > run.first ? today() - run.first : 0;
        uint256 left = it.startDay + it.fates.length - run.first;
        if ((seed >> 48) % 16 != 0) run.count = least(run.count, least(over == 0 ? 1 : over, left));
        run.ok = run.first >= it.startDay && run.count <= left && run.first + run.count <= today();
    }

    /// @dev Looks on from a random reservation for one with an open day, which nobody signs for if `unsigned`.
    function openRun(uint256 seed, bool unsigned) private view returns (uint256 i, uint256 d, bool found) {
        i = (seed >> 3) % ghostReservations.length;
        for (uint256 tries; tries < ghostReservations.length; ++tries) {
            ReservationGhostData storage it = ghostReservations[i];
            (d, found) = openDay(it);
            if (unsigned && found) found = signerKeyOn(it, it.startDay + d) == 0;
            if (found || (seed >> 128) % 16 == 0) return (i, d, found);
            i = (i + 1) % ghostReservations.length;
        }
        (d,) = openDay(ghostReservations[i]);
    }

    /// @dev The first day that is open once time's decisions are posted.
    function openDay(ReservationGhostData storage it) private view returns (uint256 d, bool found) {
        for (; d < it.fates.length; ++d) {
            if (it.fates[d] == Fate.Open && block.timestamp < deadline(it, d)) return (d, true);
        }
        return (0, false);
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
            ghostServe(it, run.first + n - it.startDay, minutesSaid(seed, n), fate);
        }
    }

    /// @dev Each open day in its last two days, and no more than three running with those that a quorum has paid.
    function quorumMay(Run memory run) private view returns (bool) {
        ReservationGhostData storage it = ghostReservations[run.i];
        bool[] memory quorumPaid = new bool[](it.fates.length + 2);
        for (uint256 d; d < it.fates.length; ++d) {
            bool fresh = d + it.startDay >= run.first && d + it.startDay < run.first + run.count && it.fates[d] == Fate.Open
                && block.timestamp < deadline(it, d);
            if (fresh && block.timestamp < deadline(it, d) - 2 days) return false;
            quorumPaid[d] = fresh || it.fates[d] == Fate.Quorum;
        }
        uint256 running;
        for (uint256 d; d < it.fates.length; ++d) {
            running = quorumPaid[d] ? running + 1 : 0;
            if (running > 3) return false;
        }
        return true;
    }

    /// @dev `seed` 0: nobody says minutes, the day is served in full.
    function minutesSaid(uint256 seed, uint256 n) private pure returns (uint256) {
        return seed == 0 ? 1440 : minutesOn(seed, n);
    }

    function minutesOn(uint256 seed, uint256 n) private pure returns (uint16) {
        uint256 draw = uint256(keccak256(abi.encode(seed, n))) % 2000;
        return draw < 200 ? 0 : draw > 1440 ? 1440 : uint16(draw);
    }

    function least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
