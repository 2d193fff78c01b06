import { ponder } from "ponder:registry"
import schema from "ponder:schema"
import { lower } from "./reduce/node.ts"
import { setMarket } from "./store.ts"

ponder.on("Verifiers:VerifierSetAdded", async ({ event, context }) => {
  const { id, threshold, members } = event.args
  const { timestamp } = event.block
  await context.db.insert(schema.verifierSet).values({ id, threshold, members: members.map(lower), timestamp, tx: event.transaction.hash })
  await setMarket(context, { verifierSet: id })
})

ponder.on("Verifiers:Attested", async ({ event, context }) => {
  const { day, set, root, expiresAt } = event.args
  const { timestamp } = event.block
  await context.db
    .insert(schema.attestation)
    .values({ day, set, root, expiresAt: BigInt(expiresAt), tx: event.transaction.hash, timestamp })
})
