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

/** What a dApp sees of the day, asked over HTTP. */
export async function showIndex(market: Market, screen: Screen): Promise<void> {
  const response = await fetch(market.graphqlUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: QUERY }),
  })
  const { data, errors } = (await response.json()) as { data?: Answer; errors?: { message: string }[] }
  check(!errors && data !== undefined, `GraphQL answered: ${errors?.map((e) => e.message).join("; ")}`)
  const day = data.days.items[0]
  check(day !== undefined && data.settled.totalCount === data.all.totalCount, `GraphQL says ${JSON.stringify(data)}`)
  screen.say(
    `GraphQL says of the day: ${day.tabs} tabs paid ${formatCredits(BigInt(day.paid))} for ${(Number(day.gpuMs) / 1000).toFixed(1)} s; ${data.all.totalCount} compute records in ${data.anchors.totalCount} anchors, all settled`,
  )
}
