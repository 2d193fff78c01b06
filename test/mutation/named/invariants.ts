// What the seven invariants are about. The walk of 2000 actions checks all that the fuzzer's runs check, and takes the same steps every time. It
// predicts each call, so some of these are found by a prediction before a sum is wrong; for each invariant there is one that its own check finds.
import type { NamedMutant } from "./named.ts"

const LOOP = "libraries/ReceiptLoop.sol"
const ESCROW = "parts/CreditEscrow.sol"
const FOURTH = "testFuzz_invariant_4_orderBatchingAndRepetitionChangeNothing"
const WALK = "test_everyHandlerSucceedsAtLeastOneTimeInFive"
const SEVENTH = "testFuzz_invariant_7_aSignatureIsBoundToAllOfIt"

export const INVARIANTS: NamedMutant[] = [
  {
    invariant: 1,
    trap: "what was asked for is credited, not what arrived",
    file: ESCROW,
    edits: [["_credit(to, arrived);", "_credit(to, amount);"]],
    title: WALK,
    fails: "credits differ from the ghost's",
  },
  {
    invariant: 1,
    trap: "a withdrawal pays out a unit more than it takes",
    file: ESCROW,
    edits: [
      [
        "emit Withdrawn(msg.sender, to, amount);\n        reserve.safeTransfer(to, amount);",
        "emit Withdrawn(msg.sender, to, amount);\n        reserve.safeTransfer(to, amount + 1);",
      ],
    ],
    title: WALK,
    fails: "reserve differs from what is owed",
  },
  {
    invariant: 1,
    trap: "re-entry into a deposit: what arrives in the middle is counted twice",
    file: ESCROW,
    edits: [
      ["function deposit(uint256 amount, address to) external nonReentrant {", "function deposit(uint256 amount, address to) external {"],
    ],
    title: WALK,
    fails: "let in, in the middle of another call",
  },
  {
    invariant: 1,
    trap: "a withdrawal is booked after the reserve was called",
    file: ESCROW,
    edits: [
      [
        "_debit(msg.sender, amount);\n        emit Withdrawn(msg.sender, to, amount);\n        reserve.safeTransfer(to, amount);",
        "emit Withdrawn(msg.sender, to, amount);\n        reserve.safeTransfer(to, amount);\n        _debit(msg.sender, amount);",
      ],
    ],
    title: WALK,
    fails: "in the middle of a call, credits differ",
  },
  {
    invariant: 1,
    trap: "fees are booked as paid after the reserve was called",
    file: ESCROW,
    edits: [
      [
        "accruedFees = 0;\n        emit FeesWithdrawn(to, amount);\n        reserve.safeTransfer(to, amount);",
        "emit FeesWithdrawn(to, amount);\n        reserve.safeTransfer(to, amount);\n        accruedFees = 0;",
      ],
    ],
    title: WALK,
    fails: "in the middle of a call, fees differ",
  },
  {
    invariant: 1,
    trap: "fees are kept from operators and not booked",
    file: "parts/Tabs.sol",
    edits: [["if (fee != 0) accruedFees += fee;", ""]],
    title: WALK,
    fails: "fees differ from the ghost's",
  },
  {
    invariant: 1,
    trap: "collateral of served days stays behind",
    file: "reservations/Days.sol",
    edits: [["uint256 amount = tally.paid - fee + tally.collateral;", "uint256 amount = tally.paid - fee;"]],
    title: WALK,
    fails: "reservations and stake differ from the ghost's",
  },
  {
    invariant: 1,
    trap: "collateral of cancelled days stays behind",
    file: "reservations/Exits.sol",
    edits: [["paid - fee + collateral, fee)", "paid - fee, fee)"]],
    title: WALK,
    fails: "reservations and stake differ from the ghost's",
  },
  {
    invariant: 2,
    trap: "what comes in replaces what was there",
    file: ESCROW,
    edits: [["credits[account] += amount;", "credits[account] = amount;"]],
    title: WALK,
    fails: "invariant 2: somebody else's credits fell",
  },
  {
    invariant: 3,
    trap: "a tab pays twice",
    file: LOOP,
    edits: [["sstore(slot, add(word, shl(192, due)))", "sstore(slot, word)"]],
    title: WALK,
    fails: "a tab paid too much",
  },
  {
    invariant: 3,
    trap: "a tab pays all of its deposit, whatever was signed",
    file: LOOP,
    edits: [["let due := sub(amount, spent)", "let due := sub(and(word, U64), spent)"]],
    title: WALK,
    fails: "a tab paid too much",
  },
  {
    invariant: 3,
    trap: "a tab without a fee pays more than its deposit",
    file: LOOP,
    edits: [["or(or(feeAndDeposit, sub(feeAndDeposit, amount)), sub(due, 1))", "or(feeAndDeposit, sub(due, 1))"]],
    title: WALK,
    fails: ["a tab paid too much", "credits differ from the ghost's"],
  },
  {
    invariant: 3,
    trap: "a standing order without a cap",
    file: "parts/StandingOrders.sol",
    edits: [["Math.min(order.cap, byTime)", "byTime"]],
    title: WALK,
    fails: ["model and contract differ: claimStandingOrder", "a tab paid too much"],
  },
  {
    invariant: 4,
    trap: "the fee depends on the steps in which a tab was paid",
    file: LOOP,
    edits: [["sub(div(mul(target, bps), BPS), div(mul(spent, bps), BPS))", "div(mul(due, bps), BPS)"]],
    title: FOURTH,
    fails: "operator's credits differ",
  },
  {
    invariant: 4,
    trap: "an older receipt lowers what a newer one has paid",
    file: LOOP,
    edits: [
      [
        "if iszero(gt(target, spent)) { break }",
        "if eq(target, spent) { break }\n                    if lt(target, spent) {\n                        sstore(slot, sub(word, shl(192, sub(spent, target))))\n                        break\n                    }",
      ],
    ],
    title: FOURTH,
    fails: "operator's credits differ",
  },
  {
    invariant: 4,
    trap: "a claim under a standing order comes on top of what receipts have paid",
    file: "parts/StandingOrders.sol",
    edits: [["word.pay(Math.min(amount, allowed));", "word.pay(word.spent() + Math.min(amount, allowed));"]],
    title: FOURTH,
    fails: "a tab has not paid what was signed and allowed",
  },
  {
    invariant: 5,
    trap: "a day that is paid already pays again",
    file: "libraries/ReservationBook.sol",
    edits: [["return bitmap & (~book.paidDays() << (cursor - first));", "return bitmap;"]],
    title: WALK,
    fails: "model and contract differ: attestDays",
  },
  {
    invariant: 5,
    trap: "what a day leaves after its minutes is nobody's",
    file: "reservations/Days.sol",
    edits: [["tally.owed = resolved * price - paid;", "tally.owed = 0;"]],
    title: WALK,
    fails: "what a reservation has paid or owes differs",
  },
  {
    invariant: 5,
    trap: "a lapsed day's collateral is nobody's",
    file: "libraries/ReservationBook.sol",
    edits: [["book.owed += book.price + book.collateral;", "book.owed += book.price;"]],
    title: WALK,
    fails: "what a reservation has paid or owes differs",
  },
  {
    invariant: 6,
    trap: "a pause keeps stake and refunds",
    file: "parts/ReservationCredits.sol",
    edits: [
      [
        "function releaseCredits(address account, uint256 amount) external onlyReservations {",
        "function releaseCredits(address account, uint256 amount) external onlyReservations whenNotPaused {",
      ],
    ],
    title: WALK,
    fails: ["model and contract differ: finishUnstake", "model and contract differ: takeRefund"],
  },
  {
    invariant: 6,
    trap: "while paused, an account can't be emptied to the last unit",
    file: ESCROW,
    edits: [
      [
        "_debit(msg.sender, amount);\n        emit Withdrawn",
        "require(!paused || amount != credits[msg.sender], IsPaused());\n        _debit(msg.sender, amount);\n        emit Withdrawn",
      ],
    ],
    title: WALK,
    fails: "IsPaused",
  },
  {
    invariant: 7,
    trap: "the chain's id as it was when the contract was made",
    file: "parts/Domain.sol",
    edits: [["block.chainid, _core()", "31337, _core()"]],
    title: SEVENTH,
    fails: "a receipt paid on the other side of a chain split",
  },
  {
    invariant: 7,
    trap: "bits of a receipt that nobody signed for: of its day, all but the lowest",
    file: LOOP,
    edits: [["mstore(DAY, and(day, 0xffffffff))", "mstore(DAY, and(day, 1))"]],
    title: SEVENTH,
    fails: "a changed line paid",
  },
  {
    trap: "an anchor forgets those before it",
    file: "ComputeRecords.sol",
    edits: [["abi.encode(heads[msg.sender], root, block.number)", "abi.encode(bytes32(0), root, block.number)"]],
    title: WALK,
    fails: "an anchor says something else",
  },
  {
    trap: "all recorders share a chain of anchors",
    file: "ComputeRecords.sol",
    edits: [
      ["abi.encode(heads[msg.sender], root, block.number)", "abi.encode(heads[address(0)], root, block.number)"],
      ["heads[msg.sender] = head;", "heads[msg.sender] = heads[address(0)] = head;"],
    ],
    title: WALK,
    fails: "an anchor says something else",
  },
  {
    trap: "the owner can't be rid of the ownership",
    file: "parts/Controls.sol",
    edits: [
      [
        "    /// @inheritdoc IControls\n    function setFee(",
        "    function renounceOwnership() public view override onlyOwner {\n        revert IsPaused();\n    }\n\n    /// @inheritdoc IControls\n    function setFee(",
      ],
    ],
    title: WALK,
    fails: "the owner could not renounce",
  },
]
