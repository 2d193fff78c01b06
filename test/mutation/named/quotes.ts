// Traps of quotes.
import type { NamedMutant } from "./named.ts"

const TERMS = "reservations/Terms.sol"
const USED = "a quote used twice makes one reservation: at once, after its term, and after its cancel"
const QUOTED = "a quote of another tenant, chain or contract, or an expired one, is worth nothing"

export const QUOTES: NamedMutant[] = [
  {
    trap: "a quote used a second time",
    file: TERMS,
    edits: [["require(reservation.words.terms == 0, QuoteUsed(quote.node, quote.nonce));", ""]],
    title: USED,
    fails: "reverted with custom error 'ERC721InvalidSender'",
  },
  {
    trap: "a quote used again once its reservation is cancelled",
    file: "reservations/Exits.sol",
    edits: [["_burn(id);", "_burn(id);\n        words.terms = 0;"]],
    title: USED,
    fails: "'QuoteUsed', but it didn't revert",
  },
  {
    trap: "quotes that differ don't compete",
    file: TERMS,
    edits: [["id = reservationId(quote.node, quote.nonce);", "id = uint256(_quoteHash(quote));"]],
    title: "competing quotes with one nonce: one wins, whatever else they say and whoever they name",
    fails: "'QuoteUsed', but it didn't revert",
  },
  {
    trap: "another tenant's quote",
    file: TERMS,
    edits: [["require(msg.sender == quote.tenant, NotQuotedTo(quote.tenant, msg.sender));", ""]],
    title: QUOTED,
    fails: "'NotQuotedTo', but it didn't revert",
  },
  {
    trap: "another chain's quote",
    file: "parts/Domain.sol",
    edits: [["block.chainid, _core()", "address(this) == _core() ? block.chainid : 1, _core()"]],
    title: QUOTED,
    fails: "'NotSignedByNode', but it didn't revert",
  },
  {
    trap: "another contract's quote",
    file: "reservations/Stakes.sol",
    edits: [["return address(core);", "return address(this);"]],
    title: QUOTED,
    fails: "'NotSignedByNode', but it didn't revert",
  },
  {
    trap: "an expired quote",
    file: TERMS,
    edits: [["require(block.timestamp <= quote.expires, QuoteExpired(quote.expires));", ""]],
    title: QUOTED,
    fails: "'QuoteExpired', but it didn't revert",
  },
]
