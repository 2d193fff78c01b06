// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ReservationQuote} from "../../src/interfaces/IReservations.sol";
import {Actions} from "./Actions.sol";

/// @notice Stake and reservations as they should be: one entry a day, from the calls made, never read from the contract.
abstract contract ReservationGhost is Actions {
    /// @dev Little: paid on the holder's word for less than half of the day.
    enum Fate {
        Open,
        Holder,
        Little,
        Quorum,
        Lapsed,
        Ended,
        Cancelled
    }

    struct ReservationGhostData {
        uint256 id;
        uint256 node;
        address holder;
        uint256 startDay;
        uint256 endDay;
        uint256 price;
        uint256 collateral;
        uint256 cancelFeeBps;
        uint256 feeBps;
        uint256 period;
        uint256 set;
        uint256 earned;
        uint256 owed;
        uint256 askedAt;
        bool cancelled;
        // Invariant 5: where the money of resolved days went.
        uint256 toOperator;
        uint256 toHolder;
        Fate[] fates;
        uint256[] fromDays;
        uint256[] signerKeys;
    }

    struct StakeGhost {
        uint256 free;
        uint256 unbonding;
        uint256 unbondsAt;
    }

    ReservationGhostData[] internal ghostReservations;
    mapping(address operator => StakeGhost) public ghostStakes;
    mapping(address node => uint256) public ghostLockable;

    function reservationCount() external view returns (uint256) {
        return ghostReservations.length;
    }

    /// @notice All that lies in the Reservations contract, from the smallest parts up.
    function reservationFunds() public view returns (uint256 sum) {
        for (uint256 i; i < accounts.length; ++i) {
            sum += ghostStakes[accounts[i]].free + ghostStakes[accounts[i]].unbonding;
        }
        for (uint256 i; i < NODES; ++i) {
            sum += ghostLockable[nodes[i]];
        }
        for (uint256 i; i < ghostReservations.length; ++i) {
            ReservationGhostData storage it = ghostReservations[i];
            sum += it.owed;
            for (uint256 d; d < it.fates.length; ++d) {
                if (it.fates[d] == Fate.Open) sum += it.price + it.collateral;
            }
        }
    }

    function today() internal view returns (uint256) {
        return block.timestamp / 1 days;
    }

    function deadline(ReservationGhostData storage it, uint256 d) internal view returns (uint256) {
        return (it.startDay + d + 1 + it.period) * 1 days;
    }

    /// @dev Oldest first: an open day past its deadline lapses; three lapsed days running end the term. Days of which the holder claimed
    /// little are not in the way: as if they were not there.
    function ghostAdvance(uint256 i) internal {
        ReservationGhostData storage it = ghostReservations[i];
        for (uint256 d; d < it.fates.length; ++d) {
            if (it.fates[d] != Fate.Open) continue;
            if (block.timestamp < deadline(it, d)) return;
            it.fates[d] = Fate.Lapsed;
            it.owed += it.price + it.collateral;
            if (lapsedRunningTo(it, d) == 3) ghostEnd(it, d + 1);
        }
    }

    function lapsedRunningTo(ReservationGhostData storage it, uint256 d) private view returns (uint256 running) {
        for (uint256 n = d + 1; n > 0; --n) {
            Fate fate = it.fates[n - 1];
            if (fate == Fate.Lapsed) ++running;
            else if (fate != Fate.Little) return running;
        }
    }

    function ghostEnd(ReservationGhostData storage it, uint256 from) private {
        it.endDay = it.startDay + from;
        for (uint256 d = from; d < it.fates.length; ++d) {
            if (it.fates[d] != Fate.Open) continue;
            it.fates[d] = Fate.Ended;
            it.owed += it.price;
            it.toOperator += it.collateral;
            ghostCredits[operatorOf(it.node)] += it.collateral;
        }
    }

    /// @dev A day's money goes out once, if anything of it is claimed: price for the minutes and all of the collateral to the operator, price
    /// of the others to the token. A day that is claimed with no minute is as if nobody had said anything.
    function ghostServe(ReservationGhostData storage it, uint256 d, uint256 servedMinutes, Fate fate) internal {
        if (it.fates[d] != Fate.Open || servedMinutes == 0) return;
        it.fates[d] = fate == Fate.Holder && servedMinutes * 2 < 1440 ? Fate.Little : fate;
        uint256 pay = it.price * servedMinutes / 1440;
        it.owed += it.price - pay;
        ghostEarn(it, pay, it.collateral);
    }

    function ghostEarn(ReservationGhostData storage it, uint256 pay, uint256 collateral) internal {
        uint256 fee = (it.earned + pay) * it.feeBps / 10_000 - it.earned * it.feeBps / 10_000;
        it.earned += pay;
        it.toOperator += pay + collateral;
        ghostFees += fee;
        ghostCredits[operatorOf(it.node)] += pay - fee + collateral;
    }

    function ghostRefund(ReservationGhostData storage it) internal {
        ghostCredits[it.holder] += it.owed;
        it.toHolder += it.owed;
        it.owed = 0;
    }

    /// @dev The key that signs for a UTC day; 0: nobody.
    function signerKeyOn(ReservationGhostData storage it, uint256 day) internal view returns (uint256 key) {
        for (uint256 n; n < it.fromDays.length; ++n) {
            if (it.fromDays[n] <= day) key = it.signerKeys[n];
        }
    }

    /// @dev A change to nobody that acts from tomorrow on is filled.
    function ghostSigner(ReservationGhostData storage it, uint256 key) internal {
        uint256 newest = it.fromDays.length - 1;
        if (it.signerKeys[newest] == 0 && it.fromDays[newest] == today() + 1) {
            it.signerKeys[newest] = key;
            return;
        }
        it.fromDays.push(today() + 2);
        it.signerKeys.push(key);
    }

    /// @dev Whether time has decided all of it and nothing is owed.
    function spentOut(uint256 i) internal view returns (bool) {
        ReservationGhostData storage it = ghostReservations[i];
        return it.owed == 0 && today() > it.endDay + it.period;
    }

    /// @dev Looks on from a random reservation for one that is neither over nor cancelled; any other is met one time in sixteen.
    function aliveReservation(uint256 seed) internal view returns (uint256 i) {
        i = (seed >> 3) % ghostReservations.length;
        if ((seed >> 128) % 16 == 0) return i;
        for (uint256 tries; tries < ghostReservations.length; ++tries) {
            if (!spentOut(i) && !ghostReservations[i].cancelled) return i;
            i = (i + 1) % ghostReservations.length;
        }
    }

    /// @dev Makes a call to the Reservations contract.
    function attemptReservations(address sender, bytes memory data) internal returns (bool success) {
        return attemptAt(address(reservations), sender, data);
    }

    function quoteHash(ReservationQuote memory quote) internal pure returns (bytes32) {
        bytes32 typehash = keccak256(
            "ReservationQuote(address node,address tenant,string class,uint16 gpus,uint32 startDay,uint16 term,uint64 pricePerDay,uint64 listPricePerDay,uint16 collateralBps,uint16 cancelFeeBps,uint8 claimPeriod,uint64 expires,bytes32 nonce)"
        );
        bytes memory first = abi.encode(
            typehash, quote.node, quote.tenant, keccak256(bytes(quote.class)), quote.gpus, quote.startDay, quote.term, quote.pricePerDay
        );
        bytes memory rest = abi.encode(
            quote.listPricePerDay, quote.collateralBps, quote.cancelFeeBps, quote.claimPeriod, quote.expires, quote.nonce
        );
        return keccak256(bytes.concat(first, rest));
    }
}
