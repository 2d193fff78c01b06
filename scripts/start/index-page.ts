import { check } from "./check.ts"
import type { Market } from "./market.ts"
import type { Screen } from "./screen.ts"

const QUERY = `{ days { items { day paid gpuMs tabs } } computeRecords(limit: 1000) { totalCount items { state } } anchors { totalCount } }`

/** What a dApp sees of the day, asked over HTTP. */
export async function showIndex(market: Market, screen: Screen): Promise<void> {
  const response = await fetch(market.graphqlUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: QUERY }),
  })
  const { data, errors } = (await response.json()) as { data?: Record<string, unknown>; errors?: { message: string }[] }
  check(!errors && data !== undefined, `GraphQL answered: ${errors?.map((e) => e.message).join("; ")}`)
  screen.say(`GraphQL says of the day: ${JSON.stringify(data)}`)
}
