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
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  beforeEach(() => {
    rounds = []
    reserved = new ReservedDays(ask)
  })

  it("asks for all that wait at once: an honest one is not behind strangers' made-up ones, and each is asked once", async () => {
    const strangers = Array.from({ length: 200 }, (_, i) => reserved.vouching([under(keccak(i))]))
    const s = under(HONEST)
    const [honest, again] = [reserved.vouching([s, under(keccak(0))]), reserved.vouching([s])]
    rounds[0]!.answer()
    await settled()
    rounds[1]!.answer()
    expect([[...(await honest)], [...(await again)]]).deep.equal([[s], [s]])
    expect((await Promise.all(strangers)).every((vouched) => vouched.size === 0)).equal(true)
    // The first stranger's, which the honest one's second receipt names too, was on its way already.
    expect(rounds.map(({ days }) => days.length)).deep.equal([1, 200])
    expect([...(await reserved.vouching([s]))]).deep.equal([s])
    expect(rounds.length).equal(2)
  })

  it("says what it will ask before it asks, and nothing for what it knows", async () => {
    const order: unknown[] = []
    const s = under(HONEST)
    const learnt = reserved.vouching([s, s, under(1n)], (count) => order.push(count, rounds.length))
    rounds[0]!.answer()
    await learnt
    await reserved.vouching([s, under(1n)], (count) => order.push(count))
    expect(order).deep.equal([2, 0])
  })

  it("refuses what comes while 1,000 wait, keeps none of it, and takes them again once those are answered", async () => {
    const waiting = reserved.vouching(Array.from({ length: 999 }, (_, i) => under(keccak(i))))
    const two = [under(HONEST), under(1n)]
    const refused = await reserved.vouching(two, () => expect.fail("charged")).catch((error) => error)
    expect(refused).to.include({ name: "ProtocolError", code: "rate_limited" })
    rounds[0]!.answer()
    await waiting
    const taken = reserved.vouching(two)
    rounds[1]!.answer()
    expect([...(await taken)]).deep.equal([two[0]])
  })

  it("hands a chain that does not answer to all who wait, and asks again for who comes then", async () => {
    const failed = Promise.allSettled([reserved.vouching([under(HONEST)]), reserved.vouching([under(HONEST)])])
    rounds[0]!.answer(new Error("no chain"))
    expect((await failed).map(({ status }) => status)).deep.equal(["rejected", "rejected"])
    const taken = reserved.vouching([under(HONEST)])
    rounds[1]!.answer()
    expect((await taken).size).equal(1)
  })
})

function keccak(i: number): bigint {
  return BigInt(`0x${Buffer.from(keccakText(`made up ${i}`)).toString("hex")}`)
}
