import { readFileSync } from "node:fs"
import { join } from "node:path"
import hardhatEthers from "@nomicfoundation/hardhat-ethers"
import { expect } from "chai"
import { type Contract, ContractFactory } from "ethers"
import { createHardhatRuntimeEnvironment } from "hardhat/hre"
import { PROFILES } from "../mutation/profiles.ts"
import { compile } from "../mutation/sources.ts"
import { Collected, collecting } from "./collected.ts"
import { makeCopies } from "./copies.ts"
import { coverageByFile } from "./report.ts"

const FILE = "test/coverage/Control.sol"
const original = readFileSync(join(import.meta.dirname, "Control.sol"))
const { texts, points } = makeCopies(new Map([[FILE, original]]), () => true, "test/coverage/Hits.sol")

describe("the instrumenter, on a contract where it is known what each call reaches", function () {
  this.timeout(60_000)
  let collected: Collected
  let control: Contract
  let stranger: Contract
  let known: Set<string>

  before(async () => {
    collected = new Collected(points)
    const hre = await createHardhatRuntimeEnvironment({
      plugins: [hardhatEthers, collecting({ transaction: (sent) => collected.transaction(sent) })],
      networks: { local: { type: "edr-simulated" } },
    })
    const { ethers } = await hre.network.create("local")
    const [owner, other] = await ethers.getSigners()
    const { abi, evm } = compiled()
    control = (await new ContractFactory(abi, evm.bytecode.object, owner).deploy()) as Contract
    stranger = control.connect(other!) as Contract
  })

  beforeEach(() => {
    collected = new Collected(points)
    known = new Set()
  })

  it("sees both ways of an if, of a ternary and of each operand", async () => {
    expect(await call("branches", 2, 2)).to.equal(1n)
    const first = ["18", "19", "19 a > 1 && (b > 1 || b == a): true", "19 a > 1: true", "19 b > 1: true"]
    expect(news()).to.deep.equal(first)
    expect(await call("branches", 1, 2)).to.equal(22n)
    const second = ["19 a > 1 && (b > 1 || b == a): false", "19 a > 1: false", "20", "20 a == 1: true", "21", "21 b > 3: false", "22"]
    expect(news()).to.deep.equal(second)
    expect(await call("branches", 2, 1)).to.equal(20n)
    expect(news()).to.deep.equal(["19 b > 1: false", "19 b == a: false", "20 a == 1: false"])
    expect(await call("branches", 3, 0)).to.equal(20n)
    expect(news()).to.deep.equal([])
    expect(await call("branches", 0, 4)).to.equal(10n)
    expect(news()).to.deep.equal(["21 b > 3: true"])
  })

  it("sees a loop without a turn, its turns, and its end after one", async () => {
    await call("loops", 0)
    expect(news()).to.deep.equal(["25", "26", "26 i < a: not one turn", "30", "30 a != 0: not one turn"])
    expect(await call("loops", 2)).to.equal(2n)
    const turns = ["26 i < a: a turn", "26 i < a: the end after a turn", "27", "27 i == 3: false", "28"]
    expect(news()).to.deep.equal([...turns, "30 a != 0: a turn", "30 a != 0: the end after a turn"])
    expect(await call("loops", 5)).to.equal(3n)
    expect(news()).to.deep.equal(["27 i == 3: true"])
  })

  it("sees assembly: if, for, switch and functions", async () => {
    expect(await call("yul", 0)).to.equal(100n)
    const none = ["50", "50 gt(a, 1): false", "51", "51 lt(i, a): not one turn", "54", "54 a: case 0", "55"]
    expect(news()).to.deep.equal(["48", "49", ...none])
    expect(await call("yul", 1)).to.equal(210n)
    const one = ["51 lt(i, a): a turn", "51 lt(i, a): the end after a turn", "52", "54 a: case 1", "56", "57", "58"]
    expect(news()).to.deep.equal(one)
    expect(await call("yul", 2)).to.equal(21n)
    expect(news()).to.deep.equal(["50 gt(a, 1): true", "54 a: default"])
  })

  it("sees what reverts, and each clause of a try", async () => {
    expect(await fails(call("checks", 5))).to.equal(true)
    expect(news()).to.deep.equal(["33", "34", "35", "35 a != 5: fails"])
    await send(control, "checks", 4)
    expect(news()).to.deep.equal(["35 a != 5: holds"])
    expect(await call("tries", control, 4)).to.equal(1n)
    expect(news()).to.deep.equal(["38", "39", "39 other.checks(a): returns", "40"])
    expect(await call("tries", control, 5)).to.equal(2n)
    expect(news()).to.deep.equal(["39 other.checks(a): throws Error", "42"])
  })

  it("sees whether a modifier let somebody through or refused", async () => {
    expect(await fails(send(stranger, "guarded"))).to.equal(true)
    expect(news()).to.deep.equal(["9", "10", "10 msg.sender == owner: fails", "14 onlyOwner: refused"])
    await send(control, "guarded")
    expect(news()).to.deep.equal(["10 msg.sender == owner: holds", "11", "14", "14 onlyOwner: passed", "15"])
  })

  it("leaves what the last call returned, and the scratch space", async () => {
    const data = `0x${"1f".repeat(1000)}`
    expect([...(await call("returned", data))]).to.deep.equal([1000n, data, 0x1234n])
    expect(news()).to.include("72 unused: true").and.not.include("72 unused: false")
  })

  it("counts nothing that was not reached", async () => {
    const { lines, branches } = coverageByFile(points, new Set(collected.reached()))[FILE]!
    expect(lines).to.deep.equal({ covered: 0, total: 46 })
    expect(branches).to.deep.equal({ covered: 0, total: 39 })
    // One line of two statements is not covered by one of them.
    await call("branches", 2, 2)
    const after = coverageByFile(points, new Set(collected.reached()))[FILE]!
    expect(after).to.deep.equal({ lines: { covered: 2, total: 46 }, branches: { covered: 3, total: 39 } })
  })

  it("gives the lines of the original, and a copy in which no line has moved", () => {
    const copy = texts.get(FILE)!.split("\n")
    const lines = original.toString().split("\n")
    expect(copy.length).to.equal(lines.length)
    for (const { line, text, arm } of points) if (arm === undefined) expect(lines[line - 1]!.trim()).to.equal(text)
    expect(points.some(({ text }) => text === "sum = 1;")).to.equal(true)
  })

  const call = (name: string, ...args: unknown[]) => control[name]!.staticCall(...args)

  /** With a gas limit, so that it is sent without an estimate before it. */
  const send = (as: Contract, name: string, ...args: unknown[]) => as[name]!(...args, { gasLimit: 200_000 })

  /** Reached since it was asked last, in the order of the file. */
  function news(): string[] {
    const names = [...new Set(collected.reached().map((i) => nameOf(points[i]!)))].filter((name) => !known.has(name))
    for (const name of names) known.add(name)
    return names
  }
})

function nameOf({ line, arm, text }: (typeof points)[number]): string {
  return arm === undefined ? `${line}` : `${line} ${text}: ${arm}`
}

async function fails(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => false,
    (error: Error) => {
      if (!error.message.includes("reverted")) throw error
      return true
    },
  )
}

function compiled(): { abi: []; evm: { bytecode: { object: string } } } {
  const sources = Object.fromEntries([...texts].map(([file, content]) => [file, { content }]))
  const output = compile(sources, PROFILES.quick, { [FILE]: { Control: ["abi", "evm.bytecode.object"] } })
  const contract = output.contracts?.[FILE]?.Control
  if (!contract) throw new Error(output.errors?.map(({ formattedMessage }) => formattedMessage).join("\n"))
  return contract as never
}
