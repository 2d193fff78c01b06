import { formatCredits } from "@berth/protocol"
import { check } from "./check.ts"
import type { Market } from "./market.ts"
import type { Screen } from "./screen.ts"

const QUERY =
  "{ days { items { day paid gpuMs tabs } } settled: computeRecords(where: { state: settled }) { totalCount } all: computeRecords { totalCount } anchors { totalCount } }"

interface Answer {
  readonly days: { readonly items: readonly { readonly paid: string; readonly gpuMs: string; readonly tabs: number }[] }
  readonly settled: { readonly totalCount: number }
  readonly all: { readonly totalCount: number }
  readonly anchors: { readonly totalCount: number }
}

/** Ponder says that it is ready a little before it has seen the newest blocks, and polls for those that come. */
const CAUGHT_UP_WITHIN_MS = 60_000

/** What a dApp sees of the day, asked over HTTP: all of it, once the index has caught up with the chain. */
export async function showIndex(market: Market, screen: Screen, tabs: number): Promise<void> {
  const deadline = Date.now() + CAUGHT_UP_WITHIN_MS
  let answer = await ask(market.graphqlUrl)
  while (!isComplete(answer, tabs) && Date.now() < deadline) {
    await new Promise((r) => setTimeout(r, 300))
    answer = await ask(market.graphqlUrl)
  }
  const says = typeof answer === "string" ? answer : JSON.stringify(answer)
  check(isComplete(answer, tabs), `after ${CAUGHT_UP_WITHIN_MS / 1000} s GraphQL says ${says}`)
  const day = answer.days.items[0]!
  screen.say(
    `GraphQL says of the day: ${day.tabs} tabs paid ${formatCredits(BigInt(day.paid))} for ${(Number(day.gpuMs) / 1000).toFixed(1)} s; ${answer.all.totalCount} compute records in ${answer.anchors.totalCount} anchors, all settled`,
  )
}

function isComplete(answer: Answer | string, tabs: number): answer is Answer {
  if (typeof answer === "string") return false
  const { days, settled, all } = answer
  return days.items[0]?.tabs === tabs && all.totalCount > 0 && settled.totalCount === all.totalCount
}

/** The answer, or why there was none: a line that broke says nothing about the index. */
async function ask(url: string): Promise<Answer | string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: QUERY }),
  }).catch((error: Error) => `nothing (${(error.cause as Error | undefined)?.message ?? error.message})`)
  if (typeof response === "string") return response
  const { data, errors } = (await response.json()) as { data?: Answer; errors?: { message: string }[] }
  check(!errors && data !== undefined, `GraphQL answered: ${errors?.map((e) => e.message).join("; ")}`)
  return data
}
