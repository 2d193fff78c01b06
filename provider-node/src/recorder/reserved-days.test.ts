import { type Address, keccakText } from "@berth/protocol"
import { expect } from "chai"
import { type DaySigners, type ReservedDay, ReservedDays } from "./reserved.ts"
import type { Submission } from "./submission.ts"

const node: Address = "0x00000000000000000000000000000000000000aa"
const signer: Address = "0x00000000000000000000000000000000000000bb"
const HONEST = 7n

/** As much of a submission as is looked at. */
function under(reservation: bigint): Submission {
  return { node, signer, receipt: { day: 20_000, amount: 0n }, entry: { records: [] }, reservation } as unknown as Submission
}

describe("what the chain is asked of reservations that receipts name", () => {
  let rounds: { days: readonly ReservedDay[]; answer: (error?: Error) => void }[]
  let reserved: ReservedDays
  const ask = (days: readonly ReservedDay[]) =>
    new Promise<DaySigners[]>((resolve, reject) => {
      const signers = () => days.map(({ id }) => ({ node, signers: id === HONEST ? [signer] : [] }))
      rounds.push({ days, answer: (error) => (error ? reject(error) : resolve(signers())) })
    })
  const vouching = (submissions: readonly Submission[]) => reserved.vouching({ id: "peer", named: false }, submissions)
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  beforeEach(() => {
    rounds = []
    reserved = new ReservedDays(ask)
  })

  it("asks for all that wait at once: an honest one is not behind strangers' made-up ones, and each is asked once", async () => {
    const strangers = Array.from({ length: 200 }, (_, i) => vouching([under(keccak(i))]))
    const s = under(HONEST)
    const [honest, again] = [vouching([s, under(keccak(0))]), vouching([s])]
    rounds[0]!.answer()
    await settled()
    rounds[1]!.answer()
    expect([[...(await honest)], [...(await again)]]).deep.equal([[s], [s]])
    expect((await Promise.all(strangers)).every((vouched) => vouched.size === 0)).equal(true)
    // The first stranger's, which the honest one's second receipt names too, was on its way already.
    expect(rounds.map(({ days }) => days.length)).deep.equal([1, 200])
    expect([...(await vouching([s]))]).deep.equal([s])
    expect(rounds.length).equal(2)
  })

  it("asks nothing of what it knows", async () => {
    const both = [under(HONEST), under(1n)]
    const learnt = vouching(both)
    rounds[0]!.answer()
    await learnt
    expect([...(await vouching(both))]).deep.equal([both[0]])
    expect(rounds.length).equal(1)
  })

  it("hands a chain that does not answer to all who wait, and asks again for who comes then", async () => {
    const failed = Promise.allSettled([vouching([under(HONEST)]), vouching([under(HONEST)])])
    rounds[0]!.answer(new Error("no chain"))
    expect((await failed).map(({ status }) => status)).deep.equal(["rejected", "rejected"])
    const taken = vouching([under(HONEST)])
    rounds[1]!.answer()
    expect((await taken).size).equal(1)
  })
})

function keccak(i: number): bigint {
  return BigInt(`0x${Buffer.from(keccakText(`made up ${i}`)).toString("hex")}`)
}
