import { toBeHex } from "ethers"

const ASK = "0x8908b17b"
const word = (value: number | string) => toBeHex(value, 32).slice(2)
const padded = (length: number) => Math.ceil(length / 32) * 32

/** Calldata of `ViewBatch.ask`, put together by hand: thousands of questions a second are too much for a general encoder. */
export function encodeQuestions(questions: { to: string; data: string }[]): string {
  const heads: string[] = []
  const tails: string[] = []
  let offset = questions.length * 32
  for (const { to, data } of questions) {
    const length = data.length / 2 - 1
    heads.push(word(offset))
    tails.push(word(to), word(64), word(length), data.slice(2).padEnd(2 * padded(length), "0"))
    offset += 96 + padded(length)
  }
  return [ASK, word(32), word(questions.length), ...heads, ...tails].join("")
}

/** Its answer: the block's time, and what each view returned; null for one that reverted. */
export function decodeAnswers(answer: string): { time: number; data: (string | null)[] } {
  // Slices of the text: what an offset points at is read, and nothing is copied for it.
  const bytes = (at: number, length: number) => answer.slice(2 + 2 * at, 2 + 2 * (at + length))
  const number = (at: number) => Number(`0x${bytes(at, 32)}`)
  const array = number(32)
  const first = array + 32
  const data = Array.from({ length: number(array) }, (_, i) => {
    const tuple = first + number(first + 32 * i)
    const answered = tuple + number(tuple + 32)
    return number(tuple) === 1 ? `0x${bytes(answered + 32, number(answered))}` : null
  })
  return { time: number(0), data }
}
