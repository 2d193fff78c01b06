import { db } from "ponder:api"
import schema from "ponder:schema"
import { Hono } from "hono"
import { graphql } from "ponder"

const app = new Hono()

// Ponder serves /health (the process is up), /ready (backfilled) and /status (last block indexed) itself.
app.get("/", (c) => c.redirect("/graphql"))
app.use("/graphql", graphql({ db, schema }))

export default app
