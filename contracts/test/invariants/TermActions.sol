// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReservationQuote} from "../../src/interfaces/IReservations.sol";
import {ReservationGhost} from "./ReservationGhost.sol";
import {bound, vm} from "./Vm.sol";

/// @notice Buying a reservation, giving it back, and taking what lies in it.
abstract contract TermActions is ReservationGhost {
    uint256 private _nonces;
    mapping(uint256 id => bool) private usedQuotes;

    function reserve(uint256 seed) external drawn("reserve") lowersOnly(accounts[seed % TENANTS]) {
        address tenant = accounts[seed % TENANTS];
        uint256 node = (seed >> 8) % 8 == 0 ? 4 : (seed >> 12) % 3;
        ReservationQuote memory quote = makeQuote(seed, tenant, node);
        uint256 fault = (seed >> 16) % 20;
        if (fault == 0) quote.expires = uint64(block.timestamp - 1);
        if (fault == 1) quote.tenant = accounts[7];
        if (fault == 2) quote.startDay = uint32(today() - 1);
        if (fault == 3) quote.claimPeriod = 39;
        if (fault == 4 && _nonces != 0) quote.nonce = bytes32((seed >> 32) % _nonces);
        bytes32 r;
        bytes32 vs;
        (r, vs) = sign(fault == 5 ? nodeKeys[(node + 1) % NODES] : nodeKeys[node], quoteHash(quote));
        uint256 signerKey = (seed >> 24) % 5 < 2 ? 0 : agentKey((seed >> 24) % 3);
        bool fine = fault > 5 && registered[node] && !retired[node] && !ghostPaused;
        uint256 collateral = quote.pricePerDay * quote.collateralBps / 10_000;
        fine = fine && ghostCredits[tenant] >= quote.pricePerDay * quote.term && ghostLockable[nodes[node]] >= collateral * quote.term;
        // A nonce is used once a node: with fault 4 it may be another node's.
        if (fault == 4) fine = false;
        uint256 id = uint256(keccak256(abi.encode(quote.node, quote.nonce)));
        if (fault == 4 && !usedQuotes[id]) return;
        address agent = signerKey == 0 ? address(0) : vm.addr(signerKey);
        bool success = attemptReservations(tenant, abi.encodeCall(reservations.reserve, (quote, agent, r, vs)));
        record("reserve", success, fine);
        if (success) ghostReserve(id, quote, node, collateral, signerKey);
    }

    function makeQuote(uint256 seed, address tenant, uint256 node) private returns (ReservationQuote memory) {
        uint256 term = 1 + (seed >> 40) % 14;
        uint256 price = bound(seed >> 64, 1, ghostCredits[tenant] / (term + 1) + 1);
        uint256 most = ghostLockable[nodes[node]] / (term + 1) * 10_000 / price;
        return ReservationQuote({
            node: nodes[node],
            tenant: tenant,
            class: "nvidia/h200",
            gpus: 1,
            startDay: uint32(today() + (seed >> 48) % 3),
            term: uint16(term),
            pricePerDay: uint64(price),
            listPricePerDay: uint64(price),
            collateralBps: uint16(bound(seed >> 72, 0, most > 10_000 ? 10_000 : most)),
            cancelFeeBps: uint16((seed >> 80) % 10_001),
            claimPeriod: uint8(8 + (seed >> 88) % 2),
            expires: uint64(block.timestamp),
            nonce: bytes32(_nonces++)
        });
    }

    function ghostReserve(uint256 id, ReservationQuote memory quote, uint256 node, uint256 collateral, uint256 signerKey) private {
        usedQuotes[id] = true;
        ghostCredits[quote.tenant] -= uint256(quote.pricePerDay) * quote.term;
        ghostLockable[quote.node] -= collateral * quote.term;
        ReservationGhostData storage it = ghostReservations.push();
        (it.id, it.node, it.holder) = (id, node, quote.tenant);
        (it.startDay, it.endDay) = (quote.startDay, uint256(quote.startDay) + quote.term);
        (it.price, it.collateral, it.period) = (quote.pricePerDay, collateral, quote.claimPeriod);
        (it.cancelFeeBps, it.feeBps, it.set) = (quote.cancelFeeBps, ghostFeeBps, ghostSets.length);
        it.fromDays.push(0);
        it.signerKeys.push(signerKey);
        for (uint256 d; d < quote.term; ++d) {
            it.fates.push(Fate.Open);
        }
    }

    function askRefund(uint256 seed) external drawn("askRefund") lowersOnly(address(0)) {
        if (ghostReservations.length == 0) return;
        uint256 i = owing(seed);
        ReservationGhostData storage it = ghostReservations[i];
        if (it.owed == 0 && seed % 8 != 1) return;
        address sender = seed % 8 == 0 ? accounts[7] : it.holder;
        bool success = attemptReservations(sender, abi.encodeCall(reservations.askRefund, (it.id)));
        bool fine = sender == it.holder && !it.cancelled && (it.owed != 0 || lapses(i));
        record("askRefund", success, fine);
        if (!success) return;
        ghostAdvance(i);
        it.askedAt = block.timestamp;
    }

    function takeRefund(uint256 seed) external drawn("takeRefund") lowersOnly(address(0)) {
        if (ghostReservations.length == 0) return;
        uint256 i = owing(seed);
        ReservationGhostData storage it = ghostReservations[i];
        if (it.owed == 0 || (it.askedAt == 0 && !it.cancelled && seed % 8 > 1)) return;
        if (it.askedAt != 0 && seed % 4 != 3) warp(max(block.timestamp, it.askedAt + 24 hours - (seed >> 8) % 2));
        address sender = seed % 8 == 0 ? accounts[7] : it.holder;
        bool ripe = it.cancelled || (it.askedAt != 0 && block.timestamp >= it.askedAt + 24 hours);
        bool success = attemptReservations(sender, abi.encodeCall(reservations.takeRefund, (it.id)));
        record("takeRefund", success, sender == it.holder && ripe);
        if (!success) return;
        ghostAdvance(i);
        ghostRefund(it);
        it.askedAt = 0;
    }

    function cancel(uint256 seed) external drawn(byHolderAlone(seed) ? bytes32("cancel") : bytes32("cancelAgreed")) lowersOnly(address(0)) {
        if (ghostReservations.length == 0) return;
        uint256 i = cancellable(seed);
        ReservationGhostData storage it = ghostReservations[i];
        bool alone = byHolderAlone(seed);
        uint256 first = firstCancelled(it, seed);
        if ((it.cancelled || first >= it.endDay) && seed % 4 > 1) return;
        uint16 bps = alone ? uint16(it.cancelFeeBps) : uint16((seed >> 24) % 10_001);
        address sender = seed % 8 == 0 ? accounts[7] : it.holder;
        bytes memory data = abi.encodeCall(reservations.cancel, (it.id));
        if (!alone) data = agreedCancel(it, seed, uint32(first), bps);
        bool fine = !it.cancelled && sender == it.holder && first < endNow(i) && (alone || seed % 9 != 0);
        bool success = attemptReservations(sender, data);
        record(alone ? bytes32("cancel") : bytes32("cancelAgreed"), success, fine);
        if (success) ghostCancel(i, first, bps);
    }

    function byHolderAlone(uint256 seed) private pure returns (bool) {
        return (seed >> 16) % 2 == 0;
    }

    /// @dev Tomorrow at the earliest; by agreement up to two days later.
    function firstCancelled(ReservationGhostData storage it, uint256 seed) private view returns (uint256) {
        return max(today() + 1, it.startDay) + (byHolderAlone(seed) ? 0 : (seed >> 20) % 3);
    }

    function agreedCancel(ReservationGhostData storage it, uint256 seed, uint32 first, uint16 bps) private view returns (bytes memory) {
        bytes32 typehash = keccak256("ReservationCancel(uint256 reservation,uint32 firstDay,uint16 operatorBps,uint64 deadline)");
        // one second late, or the signature is another node's
        uint64 until = uint64(block.timestamp - (seed % 18 == 9 ? 1 : 0));
        uint256 key = nodeKeys[seed % 18 == 0 ? (it.node + 1) % NODES : it.node];
        (bytes32 r, bytes32 vs) = sign(key, keccak256(abi.encode(typehash, it.id, first, bps, until)));
        return abi.encodeCall(reservations.cancelAgreed, (it.id, first, bps, until, r, vs));
    }

    function ghostCancel(uint256 i, uint256 first, uint256 bps) internal {
        ghostAdvance(i);
        ReservationGhostData storage it = ghostReservations[i];
        uint256 left = it.endDay - first;
        for (uint256 d = first - it.startDay; d < it.endDay - it.startDay; ++d) {
            it.fates[d] = Fate.Cancelled;
        }
        uint256 pay = left * it.price * bps / 10_000;
        ghostEarn(it, pay, left * it.collateral);
        it.owed += left * it.price - pay;
        ghostRefund(it);
        (it.endDay, it.cancelled, it.askedAt) = (first, true, 0);
    }

    /// @dev Where the term ends once time's decisions are posted.
    function endNow(uint256 i) internal view returns (uint256 end) {
        ReservationGhostData storage it = ghostReservations[i];
        uint256 run;
        end = it.endDay;
        for (uint256 d; d < end - it.startDay; ++d) {
            bool lapsed = it.fates[d] == Fate.Lapsed || (it.fates[d] == Fate.Open && block.timestamp >= deadline(it, d));
            if (lapsed) ++run;
            else if (it.fates[d] != Fate.Little) run = 0;
            if (run == 3) return it.startDay + d + 1;
        }
    }

    function lapses(uint256 i) private view returns (bool) {
        ReservationGhostData storage it = ghostReservations[i];
        for (uint256 d; d < it.fates.length; ++d) {
            if (it.fates[d] == Fate.Open) return block.timestamp >= deadline(it, d);
        }
        return false;
    }

    /// @dev Looks on from a random reservation for one that has days to come; any other is met one time in sixteen.
    function cancellable(uint256 seed) private view returns (uint256 i) {
        i = (seed >> 3) % ghostReservations.length;
        if ((seed >> 128) % 16 == 0) return i;
        for (uint256 tries; tries < ghostReservations.length; ++tries) {
            if (!ghostReservations[i].cancelled && firstCancelled(ghostReservations[i], seed) < endNow(i)) return i;
            i = (i + 1) % ghostReservations.length;
        }
    }

    function owing(uint256 seed) private view returns (uint256 i) {
        i = (seed >> 8) % ghostReservations.length;
        for (uint256 tries; tries < ghostReservations.length && ghostReservations[i].owed == 0; ++tries) {
            i = (i + 1) % ghostReservations.length;
        }
    }

    function max(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a : b;
    }
}
