import { expect } from "chai"
import { type Asker, Questions } from "./questions.ts"

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
  const stranger = (id: string) => ({ id, named: false })
  const node = (id: string) => ({ id, named: true })
  const askingAs = (asker: Asker, ...names: string[]) => questions.answers(asker, new Map(names.map((name) => [name, name])))
  const asking = (...names: string[]) => askingAs(stranger("peer"), ...names)
  const many = (of: string, count: number) => Array.from({ length: count }, (_, i) => `${of} ${i}`)
  const codeOf = (answers: Promise<unknown>) =>
    answers.then(
      () => "answered",
      ({ code }) => code,
    )

  it("holds 256 of one peer, and nothing of what came then; takes them again once those are answered", async () => {
    const held = asking(...many("a", 256))
    expect(await codeOf(asking("b", "a 1"))).equal("rate_limited")
    const [again, other] = [asking("a 7"), askingAs(stranger("other"), "c")]
    rounds[0]!.answer()
    await Promise.all([held, again])
    expect(rounds[1]!.asked).deep.equal(["c"])
    const taken = asking("b")
    rounds[1]!.answer()
    await other
    rounds[2]!.answer()
    expect((await taken).get("b")).equal("answer to b")
  })

  it("holds 1,000 of a crowd of any size, and of each node that named it 256 beside them", async () => {
    const crowd = many("stranger", 8).map((id) => askingAs(stranger(id), ...many(id, 125)))
    expect(await codeOf(askingAs(stranger("one more"), "x"))).equal("rate_limited")
    const named = many("node", 8).map((id) => askingAs(node(id), ...many(id, 256)))
    expect(await codeOf(askingAs(node("node 0"), "x"))).equal("rate_limited")
    for (let i = 0; i < rounds.length; i++) {
      rounds[i]!.answer()
      await settled()
    }
    await Promise.all([...crowd, ...named])
    expect(await codeOf(asking("stranger 0 0"))).equal("answered")
  })

  it("asks 1,000 in a round, the first of each node and of the crowd, then the second of each: few wait behind no many", async () => {
    const under = askingAs(node("first"), "under way")
    const crowd = many("stranger", 4).map((id) => askingAs(stranger(id), ...many(id, 250)))
    const named = many("node", 8).map((id) => askingAs(node(id), ...many(id, 256)))
    const few = askingAs(node("few"), "few 0", "few 1")
    rounds[0]!.answer()
    await under
    const asked = rounds[1]!.asked
    const of = (id: string) => asked.filter((question) => question.startsWith(id)).length
    expect([asked.length, of("few"), of("stranger")]).deep.equal([1_000, 2, 111])
    expect(many("node", 8).map((id) => of(`${id} `))).deep.equal([111, 111, 111, 111, 111, 111, 111, 110])
    for (let i = 1; i < rounds.length; i++) {
      rounds[i]!.answer()
      await settled()
    }
    await Promise.all([...crowd, ...named, few])
    expect(rounds.flatMap((round) => round.asked).length).equal(1 + 1_000 + 8 * 256 + 2)
  })

  it("keeps 100,000 answers, the newest; and gives who asked an answer that is forgotten before the others are there", async () => {
    for (let i = 0; i < 400; i++) {
      const answered = asking(...many(`${i}`, 250))
      rounds.at(-1)!.answer()
      await answered
    }
    const newest = asking("new")
    const waiting = asking("0 0", "other")
    rounds.at(-1)!.answer()
    await newest
    rounds.at(-1)!.answer()
    expect([...(await waiting)].sort()).deep.equal([
      ["0 0", "answer to 0 0"],
      ["other", "answer to other"],
    ])
    const before = rounds.length
    await asking("399 249")
    expect(rounds.length).equal(before)
    const forgotten = asking("0 0")
    expect(rounds.at(-1)!.asked).deep.equal(["0 0"])
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
