// Traps of reservations: contracts as owners, what is locked, resale, the picture.
import { NODE } from "./literals.ts"
import type { NamedMutant } from "./named.ts"

const SIGNERS = "reservations/Signers.sol"
const EXITS = "reservations/Exits.sol"
const STAKES = "reservations/Stakes.sol"
const PICTURE = "reservations/ReservationPicture.sol"

export const OWNERS: NamedMutant[] = [
  {
    trap: "minting asks a contract that can't answer",
    file: "reservations/Terms.sol",
    edits: [["_mint(msg.sender, id);", "_safeMint(msg.sender, id);"]],
    title: "a reservation minted to a contract without a receiver is that contract's, to use and to pass on",
    fails: "ERC721InvalidReceiver",
  },
  {
    trap: "a receiver takes what the seller has asked for, in the middle of the sale",
    file: SIGNERS,
    edits: [["holding.refundAskedAt = 0;", ""]],
    title: "re-entry: a receiver that calls back into everything gets what is its own and nothing twice",
    fails: "expected [",
  },
  {
    trap: "locked collateral stays the operator's to take back",
    file: STAKES,
    edits: [["lockable[node] = available - uint64(amount);", ""]],
    title: "neither another reservation, nor unstaking, nor another's penalty touches price or collateral of a running one",
    fails: "expected 396000000 to equal 792000000",
  },
  {
    trap: "one node's stake backs another's quotes",
    file: STAKES,
    edits: [
      ["uint64 available = lockable[node];", `uint64 available = lockable[${NODE}];`],
      ["lockable[node] = available - uint64", `lockable[${NODE}] = available - uint64`],
    ],
    title: "the stake of one node's operator never backs another's quotes",
    fails: "'InsufficientStake', but it didn't revert",
  },
  {
    trap: "a pause keeps what is somebody's",
    file: "parts/ReservationCredits.sol",
    edits: [
      [
        "function releaseCredits(address account, uint256 amount) external onlyReservations {",
        "function releaseCredits(address account, uint256 amount) external onlyReservations whenNotPaused {",
      ],
    ],
    title: "everyone still gets out all that is theirs",
    fails: "IsPaused",
  },
]

export const RESALE: NamedMutant[] = [
  {
    trap: "a marketplace that the owner trusts can't sell",
    file: SIGNERS,
    edits: [
      [
        "from = super._update(to, id, auth);",
        "from = super._update(to, id, auth);\n        require(from == address(0) || from == msg.sender, NotHolder(id, msg.sender));",
      ],
    ],
    title: "a signed order is filled for TestUSD: the buyer holds the token, the seller the price, and no order sells it again",
    fails: "NotHolder",
  },
  {
    trap: "the seller's agent signs on after the sale",
    file: SIGNERS,
    edits: [["_change(id, book, holding, address(0));", ""]],
    title: "the days from the day after next on are signed for by nobody, until the buyer names somebody",
    fails: "expected [",
  },
  {
    trap: "a sale takes the word for served days from who had it",
    file: SIGNERS,
    edits: [["uint32(_today() + 2)", "uint32(book.startDay)"]],
    title: "days served before the sale stay payable to the operator by the old signer, and what was missed of them is the buyer's",
    fails: "NotSignedByDaySigner",
  },
  {
    trap: "a buyer's agent can't fill the first day that nobody signs for",
    file: SIGNERS,
    edits: [["holding.fromDay + 1 == fromDay", "holding.fromDay == 0"]],
    title: "a sale in the last second of a day: the buyer's agent, named on the next, signs for the first day that nobody would",
    fails: "Error in the 2nd argument assertion",
  },
  {
    trap: "a word that was given for tomorrow is taken back",
    file: SIGNERS,
    edits: [["holding.signer == address(0) && holding.fromDay + 1", "holding.fromDay + 1"]],
    title: "a seller that fills a day without a signer in front of the sale has two days after it and no more, as in any sale",
    fails: "to equal '0x",
  },
  {
    trap: "the seller has to wait longer than the day that the documents name",
    file: EXITS,
    edits: [["REFUND_DELAY = 24 hours;", "REFUND_DELAY = 96 hours;"]],
    title: "a buyer's own bid is no look: money that was in the token is gone from under one that stands for longer than a day",
    fails: "RefundNotYet",
  },
  {
    trap: "a refund without a delay",
    file: EXITS,
    edits: [["require(block.timestamp >= askedAt + REFUND_DELAY, RefundNotYet(askedAt + REFUND_DELAY));", ""]],
    title: "a seller can't front-run a buyer by taking the refund: what was seen in the token is sold with it",
    fails: "'RefundNotYet', but it didn't revert",
  },
  {
    trap: "an asking outlives the sale",
    file: SIGNERS,
    edits: [["holding.refundAskedAt = 0;", ""]],
    title: "a seller can't front-run a buyer by taking the refund: what was seen in the token is sold with it",
    fails: "'RefundNotAsked', but it didn't revert",
  },
  {
    trap: "a signer named in front of a sale stays",
    file: SIGNERS,
    edits: [["holding.signer = signer;\n        emit", "if (signer != address(0)) holding.signer = signer;\n        emit"]],
    title: "a signer named in front of the sale signs for no day of the buyer's",
    fails: "to equal '0x0000000000000000000000000000000000000000'",
  },
  {
    trap: "a missed day's money goes to who owns the token at the claim",
    file: "reservations/Days.sol",
    edits: [
      [
        "book.owed += tally.owed;\n        book.write(words);",
        "book.write(words);\n        if (tally.owed != 0) core.releaseCredits(_ownerOf(id), tally.owed);",
      ],
    ],
    title: "a claim in front of the sale moves a missed day's money into the token, not to the seller",
    fails: "expected 99316000000 to equal 99298000000",
  },
  {
    trap: "an asking that nobody can see",
    file: "reservations/Terms.sol",
    edits: [["refundAskedAt: _holdings[id].refundAskedAt", "refundAskedAt: 0"]],
    title: "an asking that has run its time is seen before the sale: such a refund is the seller's",
    fails: "expected 0 to equal",
  },
  {
    trap: "a cancelled token is still for sale",
    file: EXITS,
    edits: [["_burn(id);", ""]],
    title: "a cancel that front-runs a buyer makes the order fail and leaves the buyer its money",
    fails: "'ERC721NonexistentToken', but it didn't revert",
  },
  {
    trap: "a refund is pushed to whoever gives the token away",
    file: SIGNERS,
    edits: [
      [
        "holding.refundAskedAt = 0;",
        "holding.refundAskedAt = 0;\n        uint256 owed = book.owed;\n        book.owed = 0;\n        if (owed != 0) core.releaseCredits(from, owed);",
      ],
    ],
    title: "a contract that owns the token until it is sold traps no refund",
    fails: "NothingOwed",
  },
]

export const PICTURES: NamedMutant[] = [
  {
    trap: "a stranger's text is read as a picture's",
    file: PICTURE,
    edits: [["values[1] = _escaped(class, true);", "values[1] = class;"]],
    title: "escapes the class, which a stranger writes, for JSON and XML, and shows nothing that can't be printed",
    fails: "expected 'script' to be one of",
  },
  {
    trap: "bytes that are no text break the picture's encoding",
    file: PICTURE,
    edits: [["out[i] < 0x20 || out[i] > 0x7e", "out[i] < 0x20"]],
    title: "shows bytes that are no text at all as question marks",
    fails: "The encoded data was not valid for encoding utf-8",
  },
]
