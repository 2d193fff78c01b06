// `npm start`: a whole market on this machine, one tenant's day in it, and its bill audited.
import { existsSync, rmSync, writeFileSync } from "node:fs"
import { inspect } from "node:util"
import { parseCredits } from "@berth/protocol"
import type { ConnectedAgent } from "@berth/sdk"
import { type Engine, findEngine } from "../engine/engine.ts"
import { buildBusyboxImage, buildWorkloadImage } from "../engine/images.ts"
import { removeLeftovers } from "../engine/leftovers.ts"
import { closeTheDay } from "./closing.ts"
import { showIndex } from "./index-page.ts"
import { type Market, startChain, startMarket, startTenant, WHOLE_MARKET } from "./market.ts"
import { clearPlaces, places } from "./places.ts"
import { Processes } from "./processes.ts"
import { buildPrograms } from "./programs.ts"
import { Screen } from "./screen.ts"
import { endStrayAgent } from "./stray-agent.ts"
import { playTenant } from "./tenant.ts"
import { RESERVATIONS_TOUR, tourReservations } from "./tour-reservations.ts"

const HELP = `npm start [-- options]
  --tour reservations
                 a reservation's life in place of the day: bought, used, served, missed, refunded, resold
  --once         end after the audit with exit code 0 (another one and the reason when a check fails)
  --no-install   install nothing; say what is missing
  --help`

const args = process.argv.slice(2)
const tour = args.includes("--tour") ? args[args.indexOf("--tour") + 1] : undefined
const known = ["--once", "--no-install", "--help", ...(tour === "reservations" ? ["--tour", tour] : [])]
const unknown = args.find((arg) => !known.includes(arg))
if (args.includes("--help") || unknown) {
  console.log(unknown ? `Unknown option ${unknown}.\n${HELP}` : HELP)
  process.exit(unknown ? 1 : 0)
}

const at = places()
// Chain time runs ahead in leaps on the tour: the agent looks at the nodes often enough to see what happens between two of them.
Object.assign(process.env, at.tenantEnv, tour && { BERTH_LOOK_MS: "300" })
const processes = new Processes(`${at.state}-processes`)
const screen = new Screen(at.log)
/** From the moment it is looked for: one that starts while Ctrl-C is pressed is ours to stop. */
let finding: Promise<Engine> | undefined
/** What could not be taken away again, in words. */
const left: string[] = []
let stopping: Promise<void> | undefined
const interrupted = Promise.withResolvers<never>()
interrupted.promise.catch(() => {})
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupted.reject(new Interrupted()))

class Interrupted extends Error {}

try {
  await Promise.race([run(), interrupted.promise])
  await stop()
  if (left.length > 0) console.error(`It worked, but ${left.join("; ")}`)
  process.exit(left.length > 0 ? 1 : 0)
} catch (error) {
  if (error instanceof Interrupted) {
    screen.settleLive()
    screen.step("Stopping everything that was started")
    await stop()
    console.log(left.length === 0 ? "Stopped: no container, process or port is left behind." : `Stopped, but ${left.join("; ")}`)
    process.exit(130)
  }
  screen.settleLive()
  screen.detail(inspect(error))
  console.error(`\nIt did not work: ${(error as Error).message}\nThe whole log: ${at.log}`)
  await stop()
  process.exit(1)
}

async function run(): Promise<void> {
  screen.step("1  What this needs")
  const swept = await screen.during("ending what a former run left", processes.sweep())
  if (swept.length > 0) screen.say(`ended what a former run left: ${swept.join(", ")}`)
  const install = !args.includes("--no-install")
  const log = (line: string) => screen.say(line)
  finding = findEngine({ install, dataDir: at.engine, log })
  const engine = await screen.during("looking for a container engine", finding)
  if (stopping) return
  screen.say(`container engine: ${engine.name} ${engine.version} at ${engine.socketPath}`)
  await endStrayAgent()
  const removed = await removeLeftovers(engine.socketPath, at.label)
  if (removed > 0) screen.say(`removed ${removed} containers of a former run`)
  clearPlaces(at)
  // Needs none of what follows: it starts meanwhile.
  const chainStarts = startChain(at, processes)
  chainStarts.catch(() => {})
  const image = { socketPath: engine.socketPath, install, log }
  await screen.during(
    "programs and images are built",
    Promise.all([buildPrograms(), buildBusyboxImage(image).then(() => (tour ? undefined : buildWorkloadImage(image)))]),
  )

  screen.step("2  A market on this machine, each part a process of its own")
  processes.onExit = (name, code) =>
    screen.say(`${name} has ended (exit code ${code}); the others go on. Its log: ${processes.logFile(name)}`)
  const plan = tour ? RESERVATIONS_TOUR : WHOLE_MARKET
  const chain = await screen.during("the chain starts", chainStarts)
  screen.say(`chain        ${chain.rpcUrl} (a block every 2 s), contracts ${chain.deployment.berth}`)
  const tenantStarts = startTenant(chain, at, processes)
  tenantStarts.catch(() => {})
  const market = await startMarket(at, processes, screen, engine.socketPath, chain, plan)
  const { client, agent } = await screen.during("the tenant's agent starts", tenantStarts)
  if (tour) {
    await tourReservations(market, agent, screen, at.result)
    screen.step(`All checks held. ${Math.round(screen.seconds)} s. The token's picture: ${at.result}`)
    return args.includes("--once") ? agent.disconnect() : stay(market, agent)
  }

  const { nodes } = await playTenant(client, agent, screen, at.result)
  await closeTheDay(market, agent, screen, nodes, at.state)
  await screen.during("the indexer catches up", market.indexerReady)
  await screen.during("the indexer catches up", showIndex(market, screen, nodes.length))
  screen.step(`All checks held. ${Math.round(screen.seconds)} s. Result: ${at.result}`)
  if (args.includes("--once")) return agent.disconnect()
  await stay(market, agent)
}

/** Leaves everything running until Ctrl-C, with some credits to try it. */
async function stay(market: Market, agent: ConnectedAgent): Promise<void> {
  await agent.deposit({ amount: parseCredits("10") })
  agent.disconnect()
  writeFileSync(at.localMarket, JSON.stringify(at.tenantEnv))
  screen.step("5  It stays up until Ctrl-C")
  if (!tour) screen.say(`GraphQL    ${market.graphqlUrl}`)
  screen.say(`chain RPC  ${market.chain.rpcUrl}`)
  screen.say("The tenant has $10 of credits left. Try in another terminal, in this folder:")
  screen.say("  npx berth quote --class cpu/x86-64")
  screen.say("  npx berth run berth/busybox:local -- sh -c 'echo hello from a stranger; nproc'")
  if (!tour)
    screen.say(`  curl -s ${market.graphqlUrl} -H 'content-type: application/json' -d '{"query":"{ nodes { items { id region tier } } }"}'`)
  screen.rest()
  await new Promise(() => setInterval(() => {}, 60_000))
}

function stop(): Promise<void> {
  stopping ??= screen.during("what was started is stopped", stopAll()).then(() => screen.close())
  return stopping
}

async function stopAll(): Promise<void> {
  rmSync(at.localMarket, { force: true })
  await processes.stop()
  const engine = await finding?.catch(() => undefined)
  await endStrayAgent().catch((error) => left.push(`the tenant's agent could not be ended: ${error.message}`))
  if (engine)
    await removeLeftovers(engine.socketPath, at.label).catch((error) =>
      left.push(`containers and networks could not be removed: ${error.message}. The next npm start tries again`),
    )
  await engine?.stop()
  if (existsSync(at.sockets)) rmSync(at.sockets, { recursive: true, force: true })
}
