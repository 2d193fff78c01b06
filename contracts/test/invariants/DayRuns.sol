// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReservationGhost} from "./ReservationGhost.sol";

/// @notice Which days an action is about: looked for among the ghosts, for one drawn blindly is seldom open.
abstract contract DayRuns is ReservationGhost {
    /// @dev A run of days. `ok`: whether the run itself is in order.
    struct Run {
        uint256 i;
        uint256 first;
        uint256 count;
        bool ok;
    }

    /// @dev Whose day is looked for.
    enum Signer {
        Any,
        Somebody,
        Nobody
    }

    /// @dev Begins at an open day that is over (for a quorum: in its last two days, to which time moves if need be).
    function someRun(uint256 seed, bool late, Signer signer) internal returns (Run memory run) {
        if (ghostReservations.length == 0) return run;
        uint256 d;
        bool found;
        (run.i, d, found) = openRun(seed, signer, late);
        if (!found && seed % 16 != 5) return run;
        ReservationGhostData storage it = ghostReservations[run.i];
        run.count = 1 + (seed >> 44) % 5;
        // The last two days of two days that follow each other share one day.
        if (late) run.count = 1 + (seed >> 44) % 8 / 4 + (seed >> 44) % 16 / 15;
        uint256 opens = late ? deadline(it, d) - (run.count == 1 ? 2 days : 1 days) : (it.startDay + d + 1) * 1 days;
        // Now and then a second too early.
        if (block.timestamp < opens && (seed >> 32) % 8 != 0) warp(opens - ((seed >> 36) % 12 == 0 ? 1 : 0));
        run.first = it.startDay + d - ((seed >> 40) % 16 == 0 ? 1 : 0);
        uint256 over = today() > run.first ? today() - run.first : 0;
        uint256 left = it.startDay + it.fates.length - run.first;
        if ((seed >> 48) % 16 != 0) run.count = least(run.count, least(over == 0 ? 1 : over, left));
        run.ok = run.first >= it.startDay && run.count <= left && run.first + run.count <= today();
    }

    /// @dev Looks on from a random reservation for one with an open day, which `signer` signs for, and which a quorum may pay if `late`. One time in eight neither what time has decided nor the quorum is looked at.
    function openRun(uint256 seed, Signer signer, bool late) private view returns (uint256 i, uint256 d, bool found) {
        i = (seed >> 3) % ghostReservations.length;
        bool careful = seed % 8 != 0;
        for (uint256 tries; tries < ghostReservations.length; ++tries) {
            ReservationGhostData storage it = ghostReservations[i];
            (d, found) = openDay(it, signer, late, careful);
            if (late && careful && !hasQuorum(it)) found = false;
            if (found || (seed >> 128) % 16 == 0) return (i, d, found);
            i = (i + 1) % ghostReservations.length;
        }
        (d,) = openDay(ghostReservations[i], Signer.Any, false, false);
    }

    /// @dev The first open day before its deadline, of those that `signer` signs for. `careful`: still open once time's decisions
    /// are posted, and, if `late`, no fourth day running of a quorum's.
    function openDay(ReservationGhostData storage it, Signer signer, bool late, bool careful) private view returns (uint256 d, bool found) {
        uint256 lapsed;
        for (; d < it.fates.length; ++d) {
            Fate fate = it.fates[d];
            bool past = fate == Fate.Open && block.timestamp >= deadline(it, d);
            if (past || fate == Fate.Lapsed) ++lapsed;
            else if (fate != Fate.Little) lapsed = 0;
            if (careful && lapsed == 3) break;
            if (fate != Fate.Open || past || !signs(it, it.startDay + d, signer)) continue;
            if (!careful || !late || quorumRunAt(it, d) <= 3) return (d, true);
        }
        return (0, false);
    }

    function signs(ReservationGhostData storage it, uint256 day, Signer signer) private view returns (bool) {
        return signer == Signer.Any || (signerKeyOn(it, day) == 0) == (signer == Signer.Nobody);
    }

    /// @dev How many days running a quorum would have paid, were `d` one of them.
    function quorumRunAt(ReservationGhostData storage it, uint256 d) private view returns (uint256 running) {
        running = 1;
        for (uint256 n = d; n > 0 && it.fates[n - 1] == Fate.Quorum; --n) {
            ++running;
        }
        for (uint256 n = d + 1; n < it.fates.length && it.fates[n] == Fate.Quorum; ++n) {
            ++running;
        }
    }

    function hasQuorum(ReservationGhostData storage it) internal view returns (bool) {
        return it.set != 0 && ghostSets[it.set - 1].threshold != 0;
    }

    function least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
