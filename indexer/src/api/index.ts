import { db } from "ponder:api"
import schema from "ponder:schema"
import { Hono } from "hono"
import { bodyLimit } from "hono/body-limit"
import { graphql } from "ponder"
import { MAX_ROWS, rowsOf } from "./rows.ts"

const MAX_BODY = 64 * 1024

const app = new Hono()

// Ponder serves /health (the process is up), /ready (backfilled) and /status (last block indexed) itself.
app.get("/", (c) => c.redirect("/graphql"))
app.use("/graphql", bodyLimit({ maxSize: MAX_BODY }))
app.post("/graphql", async (c, next) => {
  const refuse = (message: string) => c.json({ errors: [{ message }] })
  let rows: number
  try {
    const { query, variables } = await c.req.raw.clone().json()
    rows = rowsOf(String(query), variables ?? {})
  } catch (error) {
    return refuse((error as Error).message)
  }
  if (rows > MAX_ROWS)
    return refuse(`This query may ask for ${rows} rows, at most ${MAX_ROWS} are given: set limits on its lists, or ask in several.`)
  return next()
})
app.use("/graphql", graphql({ db, schema }))

export default app
