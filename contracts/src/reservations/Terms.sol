// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {INodeRegistry} from "../interfaces/INodeRegistry.sol";
import {IReservations, ReservationQuote, ReservationView} from "../interfaces/IReservations.sol";
import {IVerifiers} from "../interfaces/IVerifiers.sol";
import {FeeMath} from "../libraries/FeeMath.sol";
import {Book, ReservationBookLib} from "../libraries/ReservationBook.sol";
import {Signers} from "./Signers.sol";

/// @title Terms
/// @notice How a quote becomes a reservation, and what one is now.
abstract contract Terms is Signers {
    bytes32 private constant QUOTE_TYPEHASH = keccak256(
        "ReservationQuote(address node,address tenant,string class,uint16 gpus,uint32 startDay,uint16 term,uint64 pricePerDay,uint64 listPricePerDay,uint16 collateralBps,uint16 cancelFeeBps,uint8 claimPeriod,uint64 expires,bytes32 nonce)"
    );

    uint256 private constant MAX_CLASS = 64;
    uint256 private constant MAX_DAYS_AHEAD = 90;
    uint256 private constant MAX_TERM = 366;
    uint256 private constant MIN_CLAIM_PERIOD = 8;
    uint256 private constant MAX_CLAIM_PERIOD = 38;

    /// @notice Whose quorum may attest days. Anyone; moves nothing; no errors.
    IVerifiers public immutable verifiers;

    constructor(IVerifiers verifiers_) {
        verifiers = verifiers_;
    }

    /// @inheritdoc IReservations
    function reservationId(address node, bytes32 nonce) public pure returns (uint256) {
        return uint256(keccak256(abi.encode(node, nonce)));
    }

    /// @inheritdoc IReservations
    function reserve(ReservationQuote calldata quote, address signer, bytes32 r, bytes32 vs) external returns (uint256 id) {
        require(block.timestamp <= quote.expires, QuoteExpired(quote.expires));
        require(msg.sender == quote.tenant, NotQuotedTo(quote.tenant, msg.sender));
        id = reservationId(quote.node, quote.nonce);
        Reservation storage reservation = _reservations[id];
        // The word is never cleared: a quote makes one reservation ever.
        require(reservation.words.terms == 0, QuoteUsed(quote.node, quote.nonce));
        uint256 collateral = _check(quote);
        // Zero is what a broken signature recovers to; no such node is registered either.
        require(_recover(_quoteHash(quote), r, vs) == quote.node, INodeRegistry.NotSignedByNode(quote.node));

        uint16 feeBps = core.fundReservation(msg.sender, quote.node, uint256(quote.pricePerDay) * quote.term);
        uint16 set = verifiers.latestSet();
        _lockCollateral(quote.node, collateral * quote.term);
        Book memory book = _bookOf(quote, signer, feeBps, set);
        book.writeTerms(reservation.words);
        book.write(reservation.words);
        reservation.class = quote.class;
        _mint(msg.sender, id);
        _emitReserved(id, quote, uint64(collateral), feeBps, set, signer);
    }

    /// @inheritdoc IReservations
    function reservationOf(uint256 id) public view returns (ReservationView memory) {
        Book memory book = _reservations[id].words.open();
        book.advance(_today());
        address cancelledBy = _cancelledBy[id];
        bool cancelled = cancelledBy != address(0);
        return ReservationView({
            node: book.node,
            holder: cancelled ? cancelledBy : _ownerOf(id),
            class: _reservations[id].class,
            gpus: uint16(book.gpus),
            startDay: uint32(book.startDay),
            term: uint16(book.term),
            endDay: uint32(book.startDay + book.end),
            pricePerDay: uint64(book.price),
            collateralPerDay: uint64(book.collateral),
            cancelFeeBps: uint16(book.cancelFeeBps),
            feeBps: uint16(book.feeBps),
            claimPeriod: uint8(book.claimPeriod),
            verifierSet: uint16(book.verifierSet),
            openDay: uint32(book.startDay + book.cursor),
            resolved: uint64(book.paidDays()),
            earned: uint64(book.earned),
            owed: uint64(book.owed),
            refundAskedAt: _holdings[id].refundAskedAt,
            cancelled: cancelled
        });
    }

    /// @return collateral of a day
    function _check(ReservationQuote calldata quote) private view returns (uint256 collateral) {
        uint256 today = _today();
        _bound("class", bytes(quote.class).length, 1, MAX_CLASS);
        _bound("gpus", quote.gpus, 1, type(uint16).max);
        _bound("startDay", quote.startDay, today, today + MAX_DAYS_AHEAD);
        _bound("term", quote.term, 1, MAX_TERM);
        _bound("pricePerDay", quote.pricePerDay, 1, type(uint64).max);
        _bound("collateralBps", quote.collateralBps, 0, FeeMath.BPS);
        _bound("cancelFeeBps", quote.cancelFeeBps, 0, FeeMath.BPS);
        _bound("claimPeriod", quote.claimPeriod, MIN_CLAIM_PERIOD, MAX_CLAIM_PERIOD);
        collateral = ReservationBookLib.collateralOf(quote.pricePerDay, quote.collateralBps);
        // All sums of a reservation then fit 64 bits.
        _bound("total", (quote.pricePerDay + collateral) * quote.term, 0, type(uint64).max);
    }

    function _bound(bytes32 field, uint256 value, uint256 min, uint256 max) private pure {
        require(value >= min && value <= max, BadQuote(field, value));
    }

    function _quoteHash(ReservationQuote calldata quote) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                QUOTE_TYPEHASH,
                quote.node,
                quote.tenant,
                keccak256(bytes(quote.class)),
                quote.gpus,
                quote.startDay,
                quote.term,
                quote.pricePerDay,
                quote.listPricePerDay,
                quote.collateralBps,
                quote.cancelFeeBps,
                quote.claimPeriod,
                quote.expires,
                quote.nonce
            )
        );
    }

    function _bookOf(ReservationQuote calldata quote, address signer, uint16 feeBps, uint16 set)
        private
        pure
        returns (Book memory book)
    {
        book.node = quote.node;
        book.startDay = quote.startDay;
        book.term = quote.term;
        book.gpus = quote.gpus;
        book.claimPeriod = quote.claimPeriod;
        book.verifierSet = set;
        book.price = quote.pricePerDay;
        book.collateralBps = quote.collateralBps;
        book.feeBps = feeBps;
        book.cancelFeeBps = quote.cancelFeeBps;
        book.end = quote.term;
        book.signer = signer;
    }

    function _emitReserved(
        uint256 id,
        ReservationQuote calldata quote,
        uint64 collateral,
        uint16 feeBps,
        uint16 set,
        address signer
    ) private {
        emit Reserved(
            id,
            quote.node,
            quote.tenant,
            quote.class,
            quote.gpus,
            quote.startDay,
            quote.term,
            quote.pricePerDay,
            quote.listPricePerDay,
            collateral,
            quote.cancelFeeBps,
            quote.claimPeriod,
            feeBps,
            set,
            signer
        );
    }
}
