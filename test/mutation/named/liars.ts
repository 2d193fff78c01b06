// Traps of reservations: a holder that uses the GPUs and denies it, and days that nobody claims.
import type { NamedMutant } from "./named.ts"

const BOOK = "libraries/ReservationBook.sol"
const DAYS = "reservations/Days.sol"
const WEAK = "// Weak: the run of unclaimed days goes on behind it.\n                    book.quorumRun = 0;"
const NONE = "open ^= 1 << k;\n                        continue;"

export const LIARS: NamedMutant[] = [
  {
    trap: "a day of 0 minutes is resolved at once, price and collateral to the token",
    file: DAYS,
    edits: [[NONE, "book.owed += book.price + book.collateral;\n                        continue;"]],
    title: "0 minutes for served days are no claim: no collateral of the term for it, and three days running end the term",
    fails: "expected 30 to equal 3",
  },
  {
    trap: "a day of 0 minutes is taken for resolved",
    file: DAYS,
    edits: [[NONE, "continue;"]],
    title: "0 minutes do not shut out the quorum: it is heard, and its days are paid in full",
    fails: "'NothingToResolve', but it didn't revert",
  },
  {
    trap: "a day of 0 minutes is passed over, and closed",
    file: DAYS,
    edits: [[NONE, "open ^= 1 << k;\n                        weak |= 1 << k;\n                        continue;"]],
    title: "a higher word for a day that was given 0 minutes is taken until the deadline",
    fails: "NothingToResolve",
  },
  {
    trap: "any minute is as good as half a day",
    file: DAYS,
    edits: [["HALF_DAY = MINUTES_PER_DAY / 2;", "HALF_DAY = 1;"]],
    title: "1 minute every third day does not keep a run from ending the term",
    fails: "expected 30 to equal 4",
  },
  {
    trap: "half a day is a minute less",
    file: DAYS,
    edits: [["HALF_DAY = MINUTES_PER_DAY / 2;", "HALF_DAY = MINUTES_PER_DAY / 2 - 1;"]],
    title: "a minute less than half a day does not either, half a day does: half a price for two days of collateral is the cheapest lie",
    fails: "'lasted' of 4, but got 30",
  },
  {
    trap: "half a day is a minute more",
    file: DAYS,
    edits: [["minutesServed < HALF_DAY", "minutesServed <= HALF_DAY"]],
    title: "a minute less than half a day does not either, half a day does: half a price for two days of collateral is the cheapest lie",
    fails: "'lasted' of 30, but got 4",
  },
  {
    trap: "a weak day ends the run of unclaimed days",
    file: BOOK,
    edits: [[WEAK, `${WEAK}\n                    book.unclaimedRun = 0;`]],
    title: "nor does 1 minute on each of many days: the run goes on behind all of them",
    fails: "expected 30 to equal 12",
  },
  {
    trap: "a weak day counts as an unclaimed one",
    file: BOOK,
    edits: [[WEAK, `${WEAK}\n                    ++book.unclaimedRun;`]],
    title: "nor does 1 minute on each of many days: the run goes on behind all of them",
    fails: "expected 3 to equal 12",
  },
  {
    trap: "a weak day stays open",
    file: BOOK,
    edits: [["return book.marked | book.quorum;", "return book.marked;"]],
    title: "a day of 1 minute is paid once: nothing claims, attests or lapses it again",
    fails: "'NothingToResolve', but it didn't revert",
  },
  {
    trap: "a weak day right of a quorum's is counted as the quorum's",
    file: BOOK,
    edits: [["uint256 quorum = book.quorum & book.marked;", "uint256 quorum = book.quorum;"]],
    title: "a day of 1 minute is no quorum's: it is none of its three days running, and they begin anew behind it",
    fails: "QuorumRunTooLong",
  },
  {
    trap: "the quorum's run goes on over a weak day",
    file: BOOK,
    edits: [[WEAK, ""]],
    title: "a day of 1 minute is no quorum's: it is none of its three days running, and they begin anew behind it",
    fails: "QuorumRunTooLong",
  },
  {
    trap: "who pokes changes the run of unclaimed days: it is counted within a call",
    file: BOOK,
    edits: [["| (book.unclaimedRun << 249) ", ""]],
    title: "end the term lazily and eagerly with the same result, whoever pokes and when",
    fails: "expected {",
  },
  {
    trap: "an early end pays weak days behind it once more",
    file: BOOK,
    edits: [["_end(book, lapse, i, marked | quorum)", "_end(book, lapse, i, marked)"]],
    title: "end the term lazily and eagerly with the same result, whoever pokes and when",
    fails: "expected 15324000001 to equal 15360000001",
  },
]
