// Every call of the contracts that somebody may send has an action in the SDK and a command, and every revert has words. The lists are made
// from the ABIs: a call that is added to a contract fails here until it has both, or a reason why not.
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { berthAbi, computeRecordsAbi, reservationsAbi, verifiersAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import ts from "typescript"
import { program as nodeProgram } from "../provider-node/src/cli/program.ts"
import { REVERTS } from "../tenant-sdk/src/chain/reverts.ts"
import { programOf } from "../tenant-sdk/src/cli/program.ts"
import * as sdk from "../tenant-sdk/src/index.ts"

const ABIS = { Berth: berthAbi, ComputeRecords: computeRecordsAbi, Reservations: reservationsAbi, Verifiers: verifiersAbi } as const
const ACTIONS = join(import.meta.dirname, "../tenant-sdk/src/actions")

const ONLY_RESERVATIONS = "the core's door for its own Reservations contract: everybody else is refused"
const ERC721 = "plain ERC-721, for marketplaces and wallets; berth gives a reservation away by safeTransferFrom (transferReservation)"
const OWNERSHIP = "OpenZeppelin's two-step ownership: once in a market's life, from the owner's own wallet (docs/deployment.md)"

/** Calls that have no action, each with its reason. */
const NO_ACTION: Readonly<Record<string, string>> = {
  "Berth.lockCredits": ONLY_RESERVATIONS,
  "Berth.fundReservation": ONLY_RESERVATIONS,
  "Berth.payReservation": ONLY_RESERVATIONS,
  "Berth.releaseCredits": ONLY_RESERVATIONS,
  "Berth.acceptOwnership": OWNERSHIP,
  "Berth.renounceOwnership": OWNERSHIP,
  "Berth.transferOwnership": OWNERSHIP,
  "Berth.deposit": "the action deposits by permit, in one transaction without an allowance (depositWithPermit)",
  "ComputeRecords.anchor": "counts only from a recorder that a node named: `berth-node recorder` keeps what it anchors",
  "Reservations.approve": ERC721,
  "Reservations.setApprovalForAll": ERC721,
  "Reservations.transferFrom": ERC721,
}

/** Of those, the ones that have a command all the same, and the commands of all others. */
const COMMANDS: Readonly<Record<string, string>> = {
  "Berth.claimStandingOrder": "berth standing-order claim",
  "Berth.closeTab": "berth close",
  "Berth.depositWithPermit": "berth account deposit",
  "Berth.finishClose": "berth close --finish",
  "Berth.openTab": "berth tabs open",
  "Berth.openTabWithOrder": "berth tabs open --order-cap",
  "Berth.registerNode": "berth-node init --register",
  "Berth.requestClose": "berth close --timed",
  "Berth.retireNode": "berth node retire",
  "Berth.setFee": "berth owner fee",
  "Berth.setOffers": "berth-node publish",
  "Berth.setPaused": "berth owner pause",
  "Berth.settle": "berth settle",
  "Berth.topUp": "berth topup",
  "Berth.updateNode": "berth-node publish",
  "Berth.withdraw": "berth account withdraw",
  "Berth.withdrawFees": "berth owner withdraw-fees",
  "ComputeRecords.anchor": "berth-node recorder",
  "Reservations.askRefund": "berth reservations refund",
  "Reservations.attestDays": "berth attest post",
  "Reservations.cancel": "berth reservations cancel",
  "Reservations.cancelAgreed": "berth reservations cancel --agreement",
  "Reservations.claimDays": "berth reservations claim",
  "Reservations.claimUnsignedDays": "berth reservations claim-unsigned",
  "Reservations.finishUnstake": "berth stake finish",
  "Reservations.lapseDays": "berth reservations lapse",
  "Reservations.requestUnstake": "berth stake unstake",
  "Reservations.reserve": "berth reserve",
  "Reservations.safeTransferFrom": "berth reservations transfer",
  "Reservations.setLockable": "berth stake lockable",
  "Reservations.setSigner": "berth reservations signer",
  "Reservations.stake": "berth stake deposit",
  "Reservations.takeRefund": "berth reservations refund",
  "Verifiers.addSet": "berth verifiers add",
  "Verifiers.attest": "berth attest post",
}

/** Several calls in one transaction; `deposit` with a tab and `berth-node publish` use it. */
const COMBINES = "Berth.multicall"

type Command = ReturnType<typeof programOf>
type Abi = readonly { readonly type: string; readonly name?: string; readonly stateMutability?: string }[]

/** `Contract.function` of everything that changes state, once each. */
function callsOf(abis: Readonly<Record<string, Abi>>): string[] {
  const calls = Object.entries(abis).flatMap(([contract, abi]) =>
    abi
      .filter((f) => f.type === "function" && f.stateMutability !== "view" && f.stateMutability !== "pure")
      .map((f) => `${contract}.${f.name}`),
  )
  return [...new Set(calls)].filter((call) => call !== COMBINES).sort()
}

/** What sends to the contracts beside the core. */
const SENDERS: Readonly<Record<string, string>> = {
  transactReservations: "Reservations",
  transactVerifiers: "Verifiers",
}

/**
 * The calls that a file's source makes: `transactReservations(client, "name", ...)`, and `functionName: "name"` for the core (what is only read
 * is no call that the lists ask for).
 */
function callsIn(file: string, text: string): string[] {
  const calls: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const contract = SENDERS[node.expression.text]
      const name = node.arguments[1]
      if (contract && name && ts.isStringLiteral(name)) calls.push(`${contract}.${name.text}`)
    }
    if (ts.isPropertyAssignment(node) && node.name.getText() === "functionName") {
      const names = ts.isConditionalExpression(node.initializer)
        ? [node.initializer.whenTrue, node.initializer.whenFalse]
        : [node.initializer]
      for (const name of names) if (ts.isStringLiteral(name)) calls.push(`Berth.${name.text}`)
    }
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  return calls
}

/** Calls that no action makes and no reason excuses. */
function withoutAction(abis: Readonly<Record<string, Abi>>): string[] {
  const made = new Set(
    globSync("*.ts", { cwd: ACTIONS, exclude: ["*.test.ts"] }).flatMap((file) => {
      const exported = file.replace(/\.ts$/, "") in sdk
      return exported ? callsIn(file, readFileSync(join(ACTIONS, file), "utf8")) : []
    }),
  )
  return callsOf(abis).filter((call) => !made.has(call) && !(call in NO_ACTION))
}

/** `berth reservations claim --flag`: what of it there is no command or flag for. */
function missingIn(words: readonly string[], root: Command): string | undefined {
  let command = root
  for (const word of words) {
    if (word.startsWith("--")) {
      if (!command.options.some((o) => o.long === word)) return word
      continue
    }
    const next = command.commands.find((c) => c.name() === word)
    if (!next) return word
    command = next
  }
  return undefined
}

describe("every call of the contracts", () => {
  const programs: Readonly<Record<string, Command>> = {
    berth: programOf({ does: () => async () => {}, agent: async () => async () => {} }),
    "berth-node": nodeProgram({ print: () => {}, ended: Promise.resolve() }),
  }

  it("has an action in the SDK, or a reason why not", () => {
    expect(withoutAction(ABIS)).deep.equal([])
  })

  it("control: a new call without an action is found", () => {
    const added = [...reservationsAbi, { type: "function", name: "splitReservation", stateMutability: "nonpayable" }]
    expect(withoutAction({ ...ABIS, Reservations: added })).deep.equal(["Reservations.splitReservation"])
    // The same name on another contract is another call.
    const moved = [...verifiersAbi, { type: "function", name: "settle", stateMutability: "nonpayable" }]
    expect(withoutAction({ ...ABIS, Verifiers: moved })).deep.equal(["Verifiers.settle"])
  })

  it("reasons are given for calls that there are, and that have no action", () => {
    const calls = callsOf(ABIS)
    expect(Object.keys(NO_ACTION).filter((call) => !calls.includes(call))).deep.equal([])
  })

  it("that has an action has a command", () => {
    const wanting = callsOf(ABIS).filter((call) => !(call in COMMANDS) && !(call in NO_ACTION))
    expect(wanting).deep.equal([])
  })

  for (const [call, line] of Object.entries(COMMANDS))
    it(`${call}: ${line}`, () => {
      expect(callsOf(ABIS)).contain(call)
      const [program = "", ...words] = line.split(" ")
      expect(missingIn(words, programs[program]!)).equal(undefined)
    })

  it("control: a command or flag that is not there is found", () => {
    expect(missingIn(["reservations", "split"], programs.berth!)).equal("split")
    expect(missingIn(["close", "--never"], programs.berth!)).equal("--never")
  })
})

const FORMULA = "of ComputeRecords' pure formulas, for contracts that verify records"

/** Errors that no call of a person can meet, each with its reason. */
const SILENT: Readonly<Record<string, string>> = {
  NotReservations: ONLY_RESERVATIONS,
  ReentrancyGuardReentrantCall: "only a token that calls back meets it",
  AmountTooLarge: FORMULA,
  NotADayTree: FORMULA,
  TimeWentBack: FORMULA,
  FailedCall: "a call inside multicall that reverts without a reason: ours all have one",
  AddressEmptyCode: "multicall calls the contract itself, which has code",
  OwnableInvalidOwner: "of the constructor and of transferOwnership",
  ERC721InvalidApprover: ERC721,
  ERC721InvalidOperator: ERC721,
  ERC721InvalidOwner: ERC721,
  ERC721InvalidSender: ERC721,
}

describe("every revert of the contracts", () => {
  it("has words for a person", () => {
    const errors = Object.values(ABIS).flatMap((abi: Abi) => abi.filter((e) => e.type === "error").map((e) => e.name!))
    expect([...new Set(errors)].filter((name) => !(name in REVERTS) && !(name in SILENT)).sort()).deep.equal([])
  })
})
