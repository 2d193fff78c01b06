// Traps of closing a tab, and at the limits.
import type { NamedMutant } from "./named.ts"

const LOOP = "libraries/ReceiptLoop.sol"
const TABS = "parts/Tabs.sol"
const IN_ADVANCE = "a close requested in advance is impossible: before opening, twice, or for somebody else"
const CHALLENGE = "receipts settle through the whole challenge period, and until somebody finishes the close"

export const CLOSING: NamedMutant[] = [
  {
    trap: "an agreed close below what was paid since",
    file: TABS,
    edits: [["require(amount >= word.spent(), CloseBelowSpent(amount, word.spent()));", ""]],
    title: "an old close signature used after more work was paid is refused",
    fails: "'CloseBelowSpent', but it didn't revert",
  },
  {
    trap: "an agreed close without an end",
    file: TABS,
    edits: [["require(block.timestamp <= deadline, SignatureExpired(deadline));", ""]],
    title: "an old close signature ends with its deadline",
    fails: "'SignatureExpired', but it didn't revert",
  },
  {
    trap: "a close of a tab that is not open yet",
    file: TABS,
    edits: [
      [
        "require(word.state() == TabState.Open, TabNotOpen(signer, node));\n        require(tab.tenant == caller",
        "require(word.state() == TabState.None || tab.tenant == caller",
      ],
    ],
    title: IN_ADVANCE,
    fails: "'TabNotOpen', but it didn't revert",
  },
  {
    trap: "a close requested by somebody else",
    file: TABS,
    edits: [["require(tab.tenant == caller, NotTenant(signer, node, caller));", ""]],
    title: IN_ADVANCE,
    fails: "'NotTenant', but it didn't revert",
  },
  {
    trap: "a close requested twice, which moves its time",
    file: TABS,
    edits: [["require(word.closeRequestedAt() == 0, TabIsClosing(signer, node));\n        tab.word", "tab.word"]],
    title: IN_ADVANCE,
    fails: "'TabIsClosing', but it didn't revert",
  },
  {
    trap: "later work under an old request",
    file: TABS,
    edits: [["require(word.closeRequestedAt() == 0, TabIsClosing(signer, node));\n        uint256 total", "uint256 total"]],
    title: IN_ADVANCE,
    fails: "'TabIsClosing', but it didn't revert",
  },
  {
    trap: "a close without its challenge period",
    file: TABS,
    edits: [["require(block.timestamp >= closesAt, ChallengePeriodRunning(closesAt));", ""]],
    title: CHALLENGE,
    fails: "'ChallengePeriodRunning', but it didn't revert",
  },
  {
    trap: "receipts shut out by a close request",
    file: LOOP,
    edits: [["let spent := shr(192, word)", "let spent := shr(192, word)\n                if and(shr(80, word), 0xffffffffff) { break }"]],
    title: CHALLENGE,
    fails: "expected 100000000 to equal 60000000",
  },
]

export const LIMITS: NamedMutant[] = [
  {
    trap: "a deposit is cut to 64 bits",
    file: TABS,
    edits: [["require(total <= type(uint64).max, DepositTooLarge(total));", ""]],
    title: "casts at the limits: a deposit of 2^64 - 1 settles, one more does not fit",
    fails: "'DepositTooLarge', but it didn't revert",
  },
  {
    trap: "the loop's test for rare cases misses an amount above the deposit of a tab with a fee",
    file: LOOP,
    edits: [["or(or(feeAndDeposit, sub(feeAndDeposit, amount)), sub(due, 1))", "or(sub(feeAndDeposit, amount), sub(due, 1))"]],
    title: "a fee of one basis point and an amount above the deposit: the loop's one test for rare cases sees both",
    fails: "expected 200000000 to equal 100000000",
  },
  {
    trap: "the day of a receipt is cut to 16 bits",
    file: "parts/Settlement.sol",
    edits: [["uint32(head >> 64)", "uint16(head >> 64)"]],
    title: "the fields of a receipt at their limits are hashed as signed",
    fails: 'Expected event "Settled"',
  },
  {
    trap: "signer 0, to whom a broken signature recovers",
    file: TABS,
    edits: [["require(signer != address(0), ZeroSigner());", ""]],
    title: "signer 0 is refused",
    fails: "'ZeroSigner', but it didn't revert",
  },
  {
    trap: "code at the signer's address has a say",
    file: LOOP,
    edits: [
      [
        "let slot := keccak256(SIGNER, 0x40)",
        "if extcodesize(mload(SIGNER)) { break }\n                let slot := keccak256(SIGNER, 0x40)",
      ],
    ],
    title: "a contract wallet can't void what a signer key signed: code at the signer changes nothing",
    fails: "expected 0 to equal 1000000",
  },
]
