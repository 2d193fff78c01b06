// Every function that can be called says who may call it, what it moves and which errors it gives: those that its code can name, and no other.
// Here and not beside the contracts' tests: a mutant that drops a check must be found by what it does, not by what is written about it.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"
import { ROOT } from "../mutation/sources.ts"
import { type Callable, callables } from "./functions.ts"
import { faultsOf } from "./said.ts"

/** Errors that stand in code which a function calls, and that it can't give. */
const IMPOSSIBLE: readonly { of: RegExp; errors: RegExp; because: string }[] = [
  { of: /^Reservations\./, errors: /^NotReservations$/, because: "it is Reservations that calls the core" },
  {
    of: /^Reservations\.(?!reserve$|stake$)/,
    errors: /^InsufficientCredits$/,
    because: "what it pays out lies in the core as its own credits (invariant 1)",
  },
  {
    of: /^Reservations\.(reserve|cancel|cancelAgreed)$/,
    errors: /^ERC721/,
    because: "an id that never was is minted to the caller, the caller's own is burnt",
  },
  { of: /^Reservations\.reserve$/, errors: /^UnknownReservation$/, because: "a mint opens no book" },
  { of: /^Reservations\.(safeT|t)ransferFrom$/, errors: /^UnknownReservation$/, because: "there is no token without a reservation" },
  {
    of: /^Reservations\.((safeT|t)ransferFrom|setApprovalForAll)$/,
    errors: /^ERC721InvalidApprover$/,
    because: "who clears an approval is not asked, and nobody calls as zero",
  },
  { of: /^Reservations\.claimUnsignedDays$/, errors: /Quorum/, because: "its days are not marked as a quorum's" },
  { of: /^Reservations\.attestDays$/, errors: /^UnknownSet$/, because: "no set is ever taken away" },
  { of: /^Reservations\.signerOf$/, errors: /^SignerChanges$/, because: "one day has one signer" },
  { of: /\.(tokenURI|uri)$/, errors: /^StringsInsufficientHexLength$/, because: "20 bytes hold an address" },
  { of: /^Berth\.multicall$/, errors: /^AddressEmptyCode$/, because: "it calls itself" },
  { of: /^TestUSD\.mint$/, errors: /^ERC20InsufficientBalance$/, because: "a mint takes from nobody" },
]

function cannot(name: string, error: string): boolean {
  return IMPOSSIBLE.some(({ of, errors }) => of.test(name) && errors.test(error))
}

function faults(all: readonly Callable[]): string[] {
  return all.filter(({ inherited }) => !inherited).flatMap((one) => faultsOf(one, all, cannot))
}

/** From the table in docs/contracts.md: name -> names of errors. */
function errorsInDocs(): Map<string, string[]> {
  const [, table = ""] = readFileSync(join(ROOT, "docs/contracts.md"), "utf8").split("### Functions of OpenZeppelin")
  const rows = table.split("\n## ", 1)[0]!.matchAll(/^\| (`(?:Berth|Reservations)\.[^|]+) \| [^|]+ \| [^|]+ \| ([^|]+) \|$/gm)
  const words = (cell: string) => [...cell.matchAll(/`([\w.]+)`/g)].map(([, word]) => word!)
  return new Map([...rows].flatMap(([, functions, errors]) => words(functions!).map((name) => [name, words(errors!)] as const)))
}

describe("NatSpec", function () {
  // The compiler reads all sources, and this machine may be busy.
  this.timeout(300_000)
  let all: Callable[]
  before(() => {
    all = callables()
  })

  it("says of every function of ours who may call it, what it moves and which errors it gives", () => {
    expect(all.filter(({ inherited }) => !inherited)).to.have.length.above(80)
    expect(faults(all)).to.deep.equal([])
  })

  it("of every function of OpenZeppelin's, docs/contracts.md says so", () => {
    const inherited = all.filter((one) => one.inherited && !one.name.startsWith("TestUSD."))
    const possible = inherited.map(({ name, errors }) => [name, [...errors].filter((error) => !cannot(name, error)).sort()] as const)
    const docs = [...errorsInDocs()].map(([name, errors]) => [name, errors.sort()] as const)
    expect(Object.fromEntries(docs)).to.deep.equal(Object.fromEntries(possible))
  })

  it("each error that is said to be impossible stands in the code of a function that it is said of", () => {
    const idle = IMPOSSIBLE.filter(({ of, errors }) => !all.some((one) => of.test(one.name) && [...one.errors].some((e) => errors.test(e))))
    expect(idle).to.deep.equal([])
  })

  it("control: finds what is left out, what is false, and a check that nobody wrote down", () => {
    const broken: Record<string, [from: string, to: string][]> = {
      "contracts/src/interfaces/ITabs.sol": [
        ["`DepositTooLarge`, `InsufficientCredits`.", "`InsufficientCredits`."],
        ["@dev The tab's tenant. Moves nothing. Errors", "@dev The tab's tenant. Errors"],
        ["@dev Anyone; the caller gains nothing.", "@dev The operator of `node`."],
      ],
      "contracts/src/interfaces/IControls.sol": [["@dev The owner. Moves nothing. Errors", "@dev Anyone. Moves nothing. Errors"]],
      "contracts/src/interfaces/IStandingOrders.sol": [["`EmptyStandingOrder`, as `openTab`", "as `openTab`"]],
      "contracts/src/interfaces/ICreditEscrow.sol": [["Errors: as `deposit`", "Errors: `FeeAboveCap`, as `deposit`"]],
      "contracts/src/parts/Tabs.sol": [["return TabView({", "require(node != address(0), NodeIsRetired(node)); return TabView({"]],
      "contracts/src/ComputeRecords.sol": [["The 32 bytes of a record. Anyone; moves nothing; no errors.", "The 32 bytes of a record."]],
    }
    const changed = callables((file, text) =>
      (broken[file] ?? []).reduce((now, [from, to]) => {
        expect(now, file).to.contain(from)
        return now.replace(from, () => to)
      }, text),
    )
    expect(faults(changed).map((fault) => fault.replace(/ at the end of: .*/s, ""))).to.have.members([
      "Berth.topUp: DepositTooLarge is not named",
      "Berth.requestClose: no `@dev CALLER. Moves WHAT. Errors: LIST.`",
      'Berth.finishClose: says "The operator of `node`", and NotOperator is not among its errors',
      'Berth.setFee: says "Anyone", and yet OwnableUnauthorizedAccount keeps some out',
      "Berth.openTabWithOrder: EmptyStandingOrder is not named",
      "Berth.depositWithPermit: FeeAboveCap is named, and no code of it gives that",
      "Berth.tabs: NodeIsRetired is not named",
      "ComputeRecords.packRecord: no `Anyone; moves nothing; no errors.` (or `errors: LIST.`)",
    ])
  })
})
