// A signature is worth nothing elsewhere: every struct that a contract checks, at every entry point that takes it, signed as it must be but for
// another chain, contract, name or version of the domain, or with the same words under the type of another struct of Berth.
import { readdir, readFile } from "node:fs/promises"
import { anyValue } from "@nomicfoundation/hardhat-ethers-chai-matchers/withArgs"
import { expect } from "chai"
import type { BaseContract, ContractTransactionResponse } from "ethers"
import { DOORS, everywhere, type Market, type Row } from "./support/doors.ts"
import { type Foreign, foreignTo, typeOf } from "./support/foreign.ts"
import { loadFixture } from "./support/harbour.ts"
import type { structTypes } from "./support/signing.ts"

const SOURCES = new URL("../src/", import.meta.url)
const UNKNOWN_TAB = 2

/** Structs whose type the sources name, and that no entry point takes a signature of. */
const NEVER_CHECKED: Record<string, string> = {
  EIP712Domain: "the domain itself: what these tests vary",
  PublicTerms: "a hash that ComputeRecords computes for whoever asks: no contract recovers who signed it",
}

describe("a signature is worth nothing elsewhere", () => {
  it("every struct type of the sources is tried here, and every entry point that takes a signature", async () => {
    const types = await typesOfSources()
    const tried = new Set<string>(DOORS.map(({ struct }) => struct))
    expect([...types.keys()].filter((name) => !(name in NEVER_CHECKED)).sort(), "struct types").to.deep.equal([...tried].sort())
    for (const name of tried) expect(types.get(name)).to.equal(typeOf(name as keyof typeof structTypes))
    const market = await loadFixture(everywhere)
    const doors = [market.berth, market.reservations, market.verifiers].flatMap(takingSignatures)
    expect([...doors, "settle"].sort(), "entry points").to.deep.equal(DOORS.map(({ door }) => door).sort())
  })

  for (const row of DOORS) {
    it(`${row.struct} at ${row.door}: refused if it was signed for anything else, taken if for this`, async () => {
      const market = await loadFixture(everywhere)
      await row.prepare?.(market)
      const value = await row.value(market)
      const send = async (foreign?: Foreign) => row.send(market, value, await row.sign(market, value, foreign))
      for (const foreign of await foreignTo(market, row.struct)) await refused(row, market, send(foreign), foreign.what)
      // The same signature for here: nothing else about the calls above was wrong.
      if (row.error) await send()
      else await expect(send()).to.emit(market.berth, "Settled")
    })
  }
})

async function refused({ error, args }: Row, market: Market, sent: Promise<unknown>, what: string) {
  if (!error) {
    // A batch does not revert for one line. Whoever such a one recovers to is nobody who has a tab.
    const receipt = await (await (sent as Promise<ContractTransactionResponse>)).wait()
    expect(receipt?.logs.length, `${what}: events`).to.equal(1)
    const skipped = expect(sent, what).to.emit(market.berth, "LineSkipped")
    return skipped.withArgs(market.node.address, anyValue, 0, UNKNOWN_TAB)
  }
  await expect(sent, what)
    .to.be.revertedWithCustomError(error.of(market), error.name)
    .withArgs(...args(market))
}

/** The type of every struct, by its name: whatever looks like one under keccak256, and nothing may be called a TYPEHASH beside. */
async function typesOfSources(): Promise<Map<string, string>> {
  const types = new Map<string, string>()
  let named = 0
  for (const path of await readdir(SOURCES, { recursive: true })) {
    if (!path.endsWith(".sol")) continue
    const source = await readFile(new URL(path, SOURCES), "utf8")
    named += source.match(/\bbytes32\b[^;=]*TYPEHASH\b\s*=/g)?.length ?? 0
    for (const [, type, name] of source.matchAll(/keccak256\(\s*"((\w+)\(\w+(?:\[\])? \w[^"]*\))"\s*\)/g)) types.set(name!, type!)
  }
  expect(types.size, "constants that are called TYPEHASH").to.equal(named)
  return types
}

/** Functions with an argument `vs`, or a list of signatures. */
function takingSignatures(contract: BaseContract): string[] {
  const names: string[] = []
  contract.interface.forEachFunction(({ name, inputs }) => {
    if (inputs.some((input) => input.name === "vs" || input.arrayChildren?.components?.some((part) => part.name === "vs"))) names.push(name)
  })
  return names
}
