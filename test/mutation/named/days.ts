// Traps of reservations: served days, the quorum's three days, unclaimed days, limits and rounding.
import { chainOneFor, RESERVATION } from "./literals.ts"
import type { NamedMutant } from "./named.ts"

const BOOK = "libraries/ReservationBook.sol"
const DAYS = "reservations/Days.sol"
const SIGNERS = "reservations/Signers.sol"
const EXITS = "reservations/Exits.sol"
const SERVED = "a transfer, a signer change or a cancel voids no served day"
const ELSEWHERE = "a claim of another reservation, chain or contract is worth nothing"
const QUORUM = "'QuorumRunTooLong', but it didn't revert"
const CLAIM_DAYS = "claimDays(uint256,uint32,bytes,bytes32,bytes32)"

export const SERVED_DAYS: NamedMutant[] = [
  {
    trap: "a change of signer acts on the day that it is made",
    file: SIGNERS,
    edits: [["uint32(_today() + 2)", "uint32(_today())"]],
    title: SERVED,
    fails: "SignerChanges",
  },
  {
    trap: "a cancel takes back the day that has begun",
    file: EXITS,
    edits: [["today < book.startDay ? book.startDay : today + 1", "today < book.startDay ? book.startDay : today"]],
    title: SERVED,
    fails: "expected 72000000 to equal 108000000",
  },
  {
    trap: "a run with a day that is paid already is refused",
    file: DAYS,
    edits: [["if ((open >> k) & 1 == 0) continue;", "require((open >> k) & 1 != 0, NothingToResolve(0));"]],
    title: "a partial overlapping claim (front-run) burns nothing of a longer one",
    fails: "NothingToResolve",
  },
  {
    trap: "days before the cursor pass for open ones",
    file: BOOK,
    edits: [["return bitmap & (~book.paidDays() << (cursor - first));", "return bitmap;"]],
    title: "two claims of one day: the first one counts, and both together pay the day once",
    fails: "expected 84016666 to equal 48016666",
  },
  {
    trap: "days are paid before they are over",
    file: DAYS,
    edits: [["require(firstDay + count <= today, DayNotOver(uint32(firstDay > today ? firstDay : today)));", "today;"]],
    title: "a claim for days in advance is refused, though it is signed",
    fails: "'DayNotOver', but it didn't revert",
  },
  {
    trap: "a claim after the deadline is in time if nobody has posted it",
    file: DAYS,
    edits: [["_advance(id, book);\n        Tally memory tally", "Tally memory tally"]],
    title: "a day claimed at its deadline has lapsed, and a claim that holds later days still pays those",
    fails: 'Expected event "DayLapsed"',
  },
  {
    trap: "a claim of one reservation is any reservation's",
    file: DAYS,
    edits: [["abi.encode(CLAIM_TYPEHASH, id, firstDay", `abi.encode(CLAIM_TYPEHASH, ${RESERVATION}, firstDay`]],
    title: ELSEWHERE,
    fails: "'NotSignedByDaySigner', but it didn't revert",
  },
  {
    trap: "a claim of another chain",
    file: "parts/Domain.sol",
    edits: [chainOneFor(CLAIM_DAYS)],
    title: ELSEWHERE,
    fails: "'NotSignedByDaySigner', but it didn't revert",
  },
  {
    trap: "a claim of another contract",
    file: "parts/Domain.sol",
    edits: [["_core()));", `msg.sig == bytes4(keccak256("${CLAIM_DAYS}")) ? address(this) : _core()));`]],
    title: ELSEWHERE,
    fails: "'NotSignedByDaySigner', but it didn't revert",
  },
  {
    trap: "a signer that is nobody, to whom a broken signature recovers",
    file: DAYS,
    edits: [["signer != address(0) && ", ""]],
    title: "when nobody signs for the days: it should revert, whatever signature comes",
    fails: "'NotSignedByDaySigner', but it didn't revert",
  },
  {
    trap: "a node that retires loses the days that it served",
    file: "parts/ReservationCredits.sol",
    edits: [["uint256 paid = amount + fee;", "_activeNode(node);\n        uint256 paid = amount + fee;"]],
    title: "a retired node is still paid for its days",
    fails: "NodeIsRetired",
  },
]

export const UNSIGNED_DAYS: NamedMutant[] = [
  {
    trap: "the quorum's days left of the cursor are forgotten",
    file: BOOK,
    edits: [["if (bit == 0) run += book.quorumRun;", ""]],
    title: "a fourth day to the right, across the cursor",
    fails: QUORUM,
  },
  {
    trap: "the quorum's days right of a day are not counted",
    file: BOOK,
    edits: [["while ((quorum >> (bit + run)) & 1 != 0) ++run;", "run = 1;"]],
    title: "a fourth day that joins two runs, out of order, left and right of it",
    fails: QUORUM,
  },
  {
    trap: "a quorum pays four days running",
    file: DAYS,
    edits: [["<= ReservationBookLib.RUN_LIMIT", "<= ReservationBookLib.RUN_LIMIT + 1"]],
    title: "three days running pass in any order, and the fourth does not",
    fails: QUORUM,
  },
  {
    trap: "the quorum's run goes on over a lapsed day",
    file: BOOK,
    edits: [["book.quorumRun = 0;\n                    ++book", "++book"]],
    title: "a lapsed day between ends the run: the next three are the quorum's again",
    fails: "QuorumRunTooLong",
  },
  {
    trap: "a quorum speaks before the holder has had its time",
    file: DAYS,
    edits: [["if (quorum) open = _heard(book, firstDay, open);\n        ", ""]],
    title: "a quorum is not heard before the holder's time is nearly over",
    fails: "'TooEarlyForQuorum', but it didn't revert",
  },
  {
    trap: "one early day refuses the whole statement",
    file: DAYS,
    edits: [["if (heard != 0 || open == 0) return heard;", "if (heard == open) return heard;\n            open &= ~heard;"]],
    title: "one statement over three days, whose times share no day, pays all three: what is early waits for the same signatures",
    fails: "TooEarlyForQuorum",
  },
  {
    trap: "an early day that a statement passes over is closed",
    file: DAYS,
    edits: [
      [
        "book.mark(firstDay - book.startDay, open, quorum ? open : 0);",
        "book.mark(firstDay - book.startDay, book.openDays(firstDay - book.startDay, count), quorum ? open : 0);",
      ],
    ],
    title: "one statement over three days, whose times share no day, pays all three: what is early waits for the same signatures",
    fails: "NothingToResolve",
  },
  {
    trap: "a statement that is sent in parts is not counted as one run",
    file: BOOK,
    edits: [["book.quorumRun = quorum & 1 != 0 ? book.quorumRun + 1 : 0;", "book.quorumRun = quorum & 1 != 0 ? 1 : 0;"]],
    title: "a statement over four days, sent whenever it pays something, pays no fourth day running",
    fails: "'QuorumRunTooLong', but it didn't revert",
  },
]

export const DAY_LIMITS: NamedMutant[] = [
  {
    trap: "the cursor is cut to 8 bits",
    file: BOOK,
    edits: [["uint256 private constant U9 = 0x1ff;", "uint256 private constant U9 = 0xff;"]],
    title: "casts at the limits: the dearest day for 366 days, with the longest claim period, to the last credit",
    fails: "NothingToResolve",
  },
  {
    trap: "what is owed is cut to 63 bits",
    file: BOOK,
    edits: [["book.owed = (money >> 128) & U64;", "book.owed = (money >> 128) & (U64 >> 1);"]],
    title: "casts at the limits: all of the dearest reservation goes back to the token when nobody ever claims",
    fails: "'owed' of 18446744073709550615n, but got 9223372036854774807n",
  },
  {
    trap: "the longest run is a day short",
    file: DAYS,
    edits: [["uint256 max = book.claimPeriod + 1;", "uint256 max = book.claimPeriod;"]],
    title: "a run of P + 1 days is the longest, at both ends of P",
    fails: "TooManyDays",
  },
  {
    trap: "a day's pay is rounded up",
    file: DAYS,
    edits: [
      ["paid += price * minutesServed / MINUTES_PER_DAY;", "paid += (price * minutesServed + MINUTES_PER_DAY - 1) / MINUTES_PER_DAY;"],
    ],
    title: "rounding: every credit of a day is the operator's or the token's, whatever the minutes",
    fails: "expected 41325 to equal 41295",
  },
  {
    trap: "the fee is rounded in each claim",
    file: BOOK,
    edits: [
      ["fee = FeeMath.feeOn(earned, book.feeBps) - FeeMath.feeOn(book.earned, book.feeBps);", "fee = FeeMath.feeOn(paid, book.feeBps);"],
    ],
    title: "fee telescoping: the fee of many claims and a cancel is the fee of their sum",
    fails: "expected 180 to equal 183",
  },
]
