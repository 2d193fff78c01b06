import { expect } from "chai"
import { Questions } from "./questions.ts"

describe("questions to the chain that strangers bring about", () => {
  let rounds: { asked: readonly string[]; answer: () => void }[]
  let questions: Questions<string, string>

  beforeEach(() => {
    rounds = []
    const ask = (asked: readonly string[]) =>
      new Promise<string[]>((resolve) => {
        rounds.push({ asked, answer: () => resolve(asked.map((question) => `answer to ${question}`)) })
      })
    questions = new Questions(ask, () => 3_600_000)
  })

  const settled = () => new Promise((resolve) => setImmediate(resolve))
  const asking = (...names: string[]) => questions.answers(new Map(names.map((name) => [name, name])))
  const many = (from: number) => Array.from({ length: 1_000 }, (_, i) => `${from + i}`)

  it("keeps 100,000 answers, the newest; and gives who asked an answer that is forgotten before the others are there", async () => {
    for (let from = 0; from < 100_000; from += 1_000) {
      const answered = asking(...many(from))
      rounds.at(-1)!.answer()
      await answered
    }
    const newest = asking("new")
    const waiting = asking("0", "other")
    rounds.at(-1)!.answer()
    await newest
    rounds.at(-1)!.answer()
    expect([...(await waiting)].sort()).deep.equal([
      ["0", "answer to 0"],
      ["other", "answer to other"],
    ])
    const before = rounds.length
    await asking("99999")
    expect(rounds.length).equal(before)
    const forgotten = asking("0")
    expect(rounds.at(-1)!.asked).deep.equal(["0"])
    rounds.at(-1)!.answer()
    await forgotten
  })

  it("believes what it is told over what it asked before, and keeps nothing of what nobody asked", async () => {
    const waiting = asking("a", "b")
    questions.tell("a", "told")
    questions.tell("c", "told")
    rounds[0]!.answer()
    await settled()
    expect(Object.fromEntries(await waiting)).deep.equal({ a: "told", b: "answer to b" })
    expect((await asking("a")).get("a")).equal("told")
    const c = asking("c")
    rounds[1]!.answer()
    expect((await c).get("c")).equal("answer to c")
  })
})
