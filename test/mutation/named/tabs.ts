// Traps of tabs: claims, replay, closing.
import { chainOneFor, NODE, OTHER_DEPLOYMENT, TENANT } from "./literals.ts"
import type { NamedMutant } from "./named.ts"

const LOOP = "libraries/ReceiptLoop.sol"
const TABS = "parts/Tabs.sol"
const SETTLEMENT = "parts/Settlement.sol"
const DOMAIN = "parts/Domain.sol"

export const CLAIMS: NamedMutant[] = [
  {
    trap: "a receipt that was paid in part is used up",
    file: LOOP,
    edits: [["sstore(slot, add(word, shl(192, due)))", "sstore(slot, or(and(word, sub(shl(192, 1), 1)), shl(192, amount)))"]],
    title: "partial payment does not burn a claim (dust front-run)",
    fails: "expected 100000007 to equal 100000000",
  },
  {
    trap: "a tab's deposit stays in its tenant's credits, to be withdrawn before the claim",
    file: TABS,
    edits: [["_debit(msg.sender, amount);\n        uint16 bps", "uint16 bps"]],
    title: "withdraw racing a claim takes nothing out of a tab",
    fails: "'InsufficientCredits', but it didn't revert",
  },
  {
    trap: "what was paid is not remembered",
    file: LOOP,
    edits: [["sstore(slot, add(word, shl(192, due)))", "sstore(slot, word)"]],
    title: "a repeated receipt pays once, whoever sends it and however often",
    fails: 'Expected event "LineSkipped"',
  },
  {
    trap: "the fee is today's and not the tab's own",
    file: SETTLEMENT,
    edits: [["_payOperator(node, paid, fee);", "_payOperator(node, paid, fee + paid * feeBps / 10_000);"]],
    title: "fee raised over work already done leaves running tabs alone",
    fails: "expected 500000 to equal 0",
  },
  {
    trap: "the fee is rounded in each payment",
    file: LOOP,
    edits: [["sub(div(mul(target, bps), BPS), div(mul(spent, bps), BPS))", "div(mul(due, bps), BPS)"]],
    title: "rounding: the fee of many dust payments is the fee of their sum",
    fails: "expected 0 to equal 2",
  },
  {
    trap: "fees are rounded up, and no more as in TypeScript",
    file: LOOP,
    edits: [
      [
        "sub(div(mul(target, bps), BPS), div(mul(spent, bps), BPS))",
        "sub(div(add(mul(target, bps), 9999), BPS), div(add(mul(spent, bps), 9999), BPS))",
      ],
    ],
    title: "fees",
    fails: "expected 1 to equal 0",
  },
  {
    trap: "an amount is rounded in each step, and no more as in TypeScript",
    file: "libraries/RecordVerifier.sol",
    edits: [
      [
        "uint256(msAfter) * price / MS_PER_HOUR - uint256(msBefore) * price / MS_PER_HOUR",
        "(uint256(msAfter) - msBefore) * price / MS_PER_HOUR",
      ],
    ],
    title: "amounts of two-second slices add up to the amount of the whole",
    fails: "expected 5541 to equal 5542",
  },
  {
    trap: "one bad line reverts its batch",
    file: SETTLEMENT,
    edits: [["emit LineSkipped(", "require(signer != address(0), MalformedBatch(line));\n                    emit LineSkipped("]],
    title: "an unsigned line does not revert the others",
    fails: "MalformedBatch",
  },
  {
    trap: "where ecrecover answers nothing, the last signer stands",
    file: LOOP,
    edits: [
      [
        "let slot := keccak256(SIGNER, 0x40)",
        "if iszero(returndatasize()) { mstore(SIGNER, mload(0)) }\n                mstore(0, mload(SIGNER))\n                let slot := keccak256(SIGNER, 0x40)",
      ],
    ],
    title: "an invalid signature after a valid one is not taken for the valid one's signer",
    fails: "expected 50000000 to equal 1000000",
  },
  {
    trap: "a skipped line costs more the longer its batch is",
    file: SETTLEMENT,
    edits: [
      [
        "SkipReason reason = _whySkipped(signer, tabsOfNode[signer].word, line);",
        "SkipReason reason;\n                    for (uint256 l = line; l < end; l += ReceiptLoop.LINE) reason = _whySkipped(signer, tabsOfNode[signer].word, l);",
      ],
    ],
    title: "a batch too large for a transaction takes no line with it: half of it still settles",
    fails: "Transaction ran out of gas",
  },
]

export const REPLAY: NamedMutant[] = [
  {
    trap: "receipts are bound to a chain id, but not to this chain's",
    file: DOMAIN,
    edits: [chainOneFor("settle(bytes)")],
    title: "replay across chains: a receipt for another chain id pays nothing",
    fails: 'Expected event "LineSkipped"',
  },
  {
    trap: "receipts are bound to a contract, but not to this one",
    file: DOMAIN,
    edits: [["_core()));", `msg.sig == bytes4(keccak256("settle(bytes)")) ? ${OTHER_DEPLOYMENT} : _core()));`]],
    title: "replay across contracts: a receipt for another deployment pays nothing",
    fails: 'Expected event "LineSkipped"',
  },
  {
    trap: "a consent for one tenant is anybody's",
    file: TABS,
    edits: [["abi.encode(CONSENT_TYPEHASH, msg.sender, node)", `abi.encode(CONSENT_TYPEHASH, ${TENANT}, node)`]],
    title: "replay across accounts: nobody else can use a signer's consent",
    fails: "'NotSignedBySigner', but it didn't revert",
  },
  {
    trap: "a receipt for one node is any node's",
    file: LOOP,
    edits: [["mstore(NODE, shr(96, shl(96, node)))", `mstore(NODE, ${NODE})`]],
    title: "replay across nodes: a receipt for one node pays nothing at another",
    fails: "expected 1000000 to equal 0",
  },
  {
    trap: "a closed slot opens again",
    file: "libraries/TabWord.sol",
    edits: [["(uint256(TabState.Closed) << 120)", "(uint256(TabState.None) << 120)"]],
    title: "replay across lives of a tab: a closed slot never opens again and pays no old receipt",
    fails: "'TabExists', but it didn't revert",
  },
  {
    trap: "a closed tab pays old receipts",
    file: "libraries/TabWord.sol",
    edits: [["TabWord.unwrap(self.withDeposit(self.spent()))", "TabWord.unwrap(self)"]],
    title: "replay across lives of a tab: a closed slot never opens again and pays no old receipt",
    fails: 'Expected event "LineSkipped"',
  },
  {
    trap: "an agreed close and a registration are one and the same struct",
    file: TABS,
    edits: [
      [
        "keccak256(abi.encode(CLOSE_TYPEHASH, signer, node, amount, deadline))",
        'keccak256(abi.encode(keccak256("NodeRegistration(address operator)"), msg.sender))',
      ],
    ],
    title: "a signature for one struct is worth nothing as another",
    fails: "'NotSignedByNode', but it didn't revert",
  },
  {
    trap: "high s is taken in settlement",
    file: LOOP,
    edits: [["mul(lt(s, sLimit), add(27, shr(255, vs)))", "add(27, shr(255, vs))"]],
    title: "a malleable signature (high s) is refused everywhere",
    fails: "to equal '0x0000000000000000000000000000000000000000'",
  },
  {
    trap: "high s is taken everywhere else",
    file: "libraries/CompactSignature.sol",
    edits: [["if (s > MAX_S) return address(0);", ""]],
    title: "a malleable signature (high s) is refused everywhere",
    fails: "'NotSignedBySigner', but it didn't revert",
  },
]
