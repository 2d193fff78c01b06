// Traps of standing orders.
import { chainOneFor, eitherForm, OTHER_TAB, TENANT } from "./literals.ts"
import type { NamedMutant } from "./named.ts"

const ORDERS = "parts/StandingOrders.sol"
const PAYS = "word.pay(Math.min(amount, allowed))"
const BEFORE = "claimed before its lease: before `from` there is nothing but `base`, and no time before the opening counts"
const CLAIM = "claimStandingOrder(address,address,uint32,uint64,uint64,(uint32,uint64,uint64,uint32,bytes32,bytes32),bytes32,bytes32)"

export const STANDING_ORDERS: NamedMutant[] = [
  {
    trap: "anybody's signature claims",
    file: ORDERS,
    edits: [
      [
        "require(_recover(receipt, r, vs) == node, NotSignedByNode(node));",
        "require(_recover(receipt, r, vs) != address(0), NotSignedByNode(node));",
      ],
    ],
    title: "claimed by an outsider: without the node's signature it is nobody's",
    fails: "'NotSignedByNode', but it didn't revert",
  },
  {
    trap: "time before `from` counts",
    file: ORDERS,
    edits: [["end > order.from ? end - order.from : 0", "end"]],
    title: BEFORE,
    fails: "expected 50000000 to equal 5000000",
  },
  {
    trap: "time before the opening counts",
    file: ORDERS,
    edits: [["if (given.from < block.timestamp) given.from = uint32(block.timestamp);", ""]],
    title: BEFORE,
    fails: "expected 50000000 to equal 7000000",
  },
  {
    trap: "time goes on after a close request",
    file: ORDERS,
    edits: [["stoppedAt == 0 ? block.timestamp : stoppedAt", "stoppedAt == 0 ? stoppedAt + block.timestamp : block.timestamp"]],
    title: "claimed through the closing delay: time stops at the request, what was allowed until then is paid",
    fails: "expected 60000000 to equal 13000000",
  },
  {
    trap: "claims add to what receipts paid",
    file: ORDERS,
    edits: [[PAYS, "word.pay(word.spent() + Math.min(amount, allowed))"]],
    title: "claimed beside receipts: in any order the tab pays the highest cumulative amount, once",
    fails: "to equal 12000000",
  },
  {
    trap: "time after `until` counts",
    file: ORDERS,
    edits: [["Math.min(time, order.until)", "time"]],
    title: "claimed after `until`: it pays what was allowed then, and no second more",
    fails: "to equal 9000000",
  },
  {
    trap: "no cap",
    file: ORDERS,
    edits: [["Math.min(order.cap, byTime)", "byTime"]],
    title: "claimed above the cap: never more than `base` and `cap` together, a countersigned receipt above that still counts",
    fails: "to equal 65000000",
  },
  {
    trap: "what a claim paid is not remembered",
    file: ORDERS,
    edits: [["tab.word = next;", "next;"]],
    title: "claimed twice: the same claim pays once, and many claims no more than one",
    fails: "'NothingToClaim', but it didn't revert",
  },
  {
    trap: "what the node signed for one tab is any tab's",
    file: ORDERS,
    edits: [
      ["RecordVerifier.tabId(block.chainid, _core(), signer, node)", `RecordVerifier.tabId(block.chainid, _core(), ${OTHER_TAB}, node)`],
    ],
    title: "claimed by what the node signed for another tab: the receipt's records say whose it is",
    fails: "'NotSignedByNode', but it didn't revert",
  },
  {
    trap: "claims are bound to a chain id, but not to this chain's",
    file: "parts/Domain.sol",
    edits: [chainOneFor(CLAIM)],
    title: "claimed by what a node signed for another node's tab, chain or contract: worth nothing",
    fails: "'NotSignedByNode', but it didn't revert",
  },
  {
    trap: "a claim's signature has two forms",
    file: ORDERS,
    edits: [
      [
        "require(_recover(receipt, r, vs) == node, NotSignedByNode(node));",
        `require(${eitherForm("receipt", "r", "vs", "node")}, NotSignedByNode(node));`,
      ],
    ],
    title: "claimed with a malleable signature (high s): refused",
    fails: "'NotSignedByNode', but it didn't revert",
  },
  {
    trap: "an order can be given to a tab that is there",
    file: ORDERS,
    edits: [
      ["_open(signer, node, amount, r, vs);", "if (_tabs[node][signer].word.state() == TabState.None) _open(signer, node, amount, r, vs);"],
    ],
    title: "claimed from a tab without an order, or given one later: an order is there from the opening or never",
    fails: "'TabExists', but it didn't revert",
  },
  {
    trap: "who has seen a signer's consent gives the order",
    file: "parts/Tabs.sol",
    edits: [["abi.encode(CONSENT_TYPEHASH, msg.sender, node)", `abi.encode(CONSENT_TYPEHASH, ${TENANT}, node)`]],
    title: "opened by somebody else with the signer's consent: the order is the caller's word, and the caller is whom the signer named",
    fails: "'NotSignedBySigner', but it didn't revert",
  },
  {
    trap: "rate times time overflows",
    file: ORDERS,
    edits: [
      [
        "uint256 byTime = uint256(order.rate) * ran / 1 hours;",
        "uint256 byTime;\n        unchecked {\n            byTime = order.rate * uint64(ran) / 1 hours;\n        }",
      ],
    ],
    title: "limits: the highest rate over the longest time overflows nothing",
    fails: "case 1: expected 5124095575336056 to equal 18446744073709551615",
  },
  {
    trap: "the opening's time is cut to 32 bits",
    file: ORDERS,
    edits: [["require(block.timestamp < order.until, EmptyStandingOrder());", ""]],
    title: "limits: a whole deposit of 2^64 - 1 is claimed, with the fee on it; after the last u32 second no order is given",
    fails: "'EmptyStandingOrder', but it didn't revert",
  },
  {
    trap: "a claim pays as if no receipt had",
    file: ORDERS,
    edits: [
      ["import {TabWord} from", "import {TabWord, TabWordLib} from"],
      [PAYS, "TabWordLib.create(word.deposit(), word.feeBps()).pay(Math.min(amount, allowed))"],
    ],
    title: "a claim between the lines of a settlement changes no total",
    fails: "expected 7000000 to equal 4000000",
  },
]
