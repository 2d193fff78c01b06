import { mkdirSync } from "node:fs"
import { basename, join } from "node:path"
import { type Address, formatCredits, parseCredits } from "@berth/protocol"
import { type Agent, type BerthClient, getFiles, type Lease } from "@berth/sdk"
import { BUSYBOX_IMAGE, DIGITS_IMAGE } from "../engine/images.ts"
import { check } from "./check.ts"
import { readResult } from "./result.ts"
import type { Screen } from "./screen.ts"

const CLASS = "cpu/x86-64"
const DEPOSIT = parseCredits("25")
const PREFERENCE = { maxPrice: parseCredits("0.09"), weights: { price: 1, latency: 0.05 } }
/** Held-out accuracy that the trained network must have. */
const ASKED_ACCURACY = 0.95
/** Real seconds that the workload sleeps at its end, to show that they cost nothing. */
const SLEEP_SECONDS = 15
/** The meter merges gaps of up to 2 s, and a receipt may come 2 s later and be signed a moment after: from here on nothing may be added. */
const SLEEP_SETTLED_MS = 8_000
/** Waking up and exiting are work again, of some milliseconds; the meter's shortest unit is a sample. */
const EXIT_MS = 1_000n

export interface TenantPlay {
  readonly resultDir: string
  /** Nodes that worked, the one with the training job first. */
  readonly nodes: readonly Address[]
}

/** Plays one tenant through the SDK's public API: credits, quotes, a job with logs and receipts, its result, an idle time that costs nothing. */
export async function playTenant(client: BerthClient, agent: Agent, screen: Screen, resultDir: string): Promise<TenantPlay> {
  screen.step("3  A tenant comes with a wallet")
  const deposit = await agent.deposit({ amount: DEPOSIT })
  screen.say(`bought ${formatCredits(DEPOSIT)} of credits with a stablecoin permit: one transaction, ${deposit.gasUsed} gas`)
  const auction = await showQuotes(agent, screen)
  let others: readonly Address[] = []
  const lease = await train(client, agent, screen, resultDir, (busy) => {
    others = auction.filter((node) => node !== busy)
    return Promise.all(others.map((node) => shortJob(agent, screen, node)))
  })
  return { resultDir, nodes: [lease.node, ...others] }
}

async function showQuotes(agent: Agent, screen: Screen): Promise<Address[]> {
  const asked = performance.now()
  // All three are to be shown: on a machine that is busy with starting everything an auction's usual two seconds may be too few.
  const { offers, refused } = await agent.quotes({ class: CLASS, image: DIGITS_IMAGE, timeoutMs: 20_000 })
  screen.say(`asked every node at once for one vCPU: ${offers.length} signed quotes in ${Math.round(performance.now() - asked)} ms, no gas`)
  screen.table(
    ["node", "tier", "region", "price / vCPU-hour", "latency", "free", "staked", "paid ahead"],
    offers.map((o) => [
      o.info.node.slice(0, 10),
      o.info.tier,
      o.info.region,
      formatCredits(o.quote.price),
      `${o.latencyMs.toFixed(0)} ms`,
      String(o.freeUnits),
      o.stake === undefined ? "unknown" : formatCredits(o.stake),
      formatCredits(o.ahead),
    ]),
  )
  for (const { node, reason } of refused) screen.say(`${node.slice(0, 10)} did not quote: ${reason}`)
  check(offers.length === 3, `three nodes should have quoted, ${offers.length} did`)
  const unstaked = offers.filter((o) => o.stake === 0n)
  check(unstaked.length === 1 && unstaked[0] === offers.at(-1), `one node has no stake and ranks last; ${unstaked.length} have none`)
  screen.say(
    `stake of 100 windows behind a node: a window (60 s) is paid ahead, to the last one 10 s: ${formatCredits(unstaked[0]!.ahead)}`,
  )
  return offers.map((o) => o.info.node)
}

/** @param meanwhile what is done while the workload on `busy` sleeps, from when its sleep is seen to cost nothing */
async function train(
  client: BerthClient,
  agent: Agent,
  screen: Screen,
  resultDir: string,
  meanwhile: (busy: Address) => Promise<unknown>,
): Promise<Lease> {
  screen.say(`preference: at most ${formatCredits(PREFERENCE.maxPrice)} an hour, then price, latency a little`)
  const lease = await agent.run(
    { image: DIGITS_IMAGE, class: CLASS, env: { EPOCHS: "20", SLEEP_SECONDS: String(SLEEP_SECONDS) }, preference: PREFERENCE, hours: 2 },
    {
      onProgress(p) {
        if (p.step === "chosen") screen.say(`picked ${p.node.slice(0, 10)} in ${p.region} (${p.tier}) at ${formatCredits(p.price)} an hour`)
        if (p.step === "tab") screen.say(`tab ${p.action} with ${formatCredits(p.amount)}`)
        if (p.step === "accepted") screen.say(`lease ${p.leaseId.slice(0, 10)} accepted, both have signed its terms`)
      },
    },
  )
  const stop = new AbortController()
  const receipts = followReceipts(agent, screen, lease.node, stop.signal)
  let asleepMs: bigint | undefined
  let awakeMs: bigint | undefined
  let asleepTimer: Promise<unknown> | undefined
  for await (const line of linesOf(agent, lease.leaseId)) {
    if (!asleepTimer) screen.say(`| ${line}`)
    if (line.startsWith("idle part over")) awakeMs = (await agent.lease(lease.leaseId)).activeMs
    if (line.startsWith("idle for") && !asleepTimer) {
      await fetchResult(client, screen, lease, resultDir)
      screen.say(`now it sleeps ${SLEEP_SECONDS} real seconds`)
      asleepTimer = new Promise((r) => setTimeout(r, SLEEP_SETTLED_MS)).then(async () => {
        asleepMs = (await agent.lease(lease.leaseId)).activeMs
        screen.say("while it sleeps, short jobs on the other nodes")
        await meanwhile(lease.node)
      })
      // Awaited once the workload has ended; a failure before that is no unhandled one.
      asleepTimer.catch(() => {})
    }
  }
  const ended = await untilSigned(agent, lease)
  await screen.during("short jobs on the other nodes", Promise.resolve(asleepTimer))
  stop.abort()
  await receipts
  screen.settleLive()
  check(asleepMs !== undefined, "the workload never said that it sleeps")
  check(ended.state === "ended" && ended.exitCode === 0, `the job ended as ${ended.state} (${ended.reason}), exit code ${ended.exitCode}`)
  check(awakeMs === asleepMs, `sleeping was billed: ${asleepMs} ms before, ${awakeMs} ms after`)
  check(ended.activeMs - asleepMs <= EXIT_MS, `exiting was billed with ${ended.activeMs - asleepMs} ms`)
  screen.say(
    `exit code 0; billed ${(Number(ended.activeMs) / 1000).toFixed(1)} s of activity = ${formatCredits(ended.amount)}; asleep: 0 ms, $0.00`,
  )
  return ended
}

/** A few seconds of work on another node, so that the day has three tabs to settle. */
async function shortJob(agent: Agent, screen: Screen, node: Address): Promise<void> {
  const lease = await agent.run({
    image: BUSYBOX_IMAGE,
    command: ["sh", "-c", "i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done; echo counted to $i"],
    class: CLASS,
    node,
    hours: 1,
  })
  for await (const line of linesOf(agent, lease.leaseId)) screen.say(`| ${node.slice(0, 10)}: ${line}`)
  const ended = await untilSigned(agent, lease)
  check(ended.exitCode === 0, `the short job on ${node} ended with ${ended.reason} ${ended.detail}`)
  screen.say(`${node.slice(0, 10)} ran a short job: ${(Number(ended.activeMs) / 1000).toFixed(1)} s = ${formatCredits(ended.amount)}`)
}

/** The lease once it has ended and its last receipt, without any advance, is countersigned. */
async function untilSigned(agent: Agent, lease: Pick<Lease, "leaseId" | "signer">): Promise<Lease> {
  for await (const now of agent.watch(lease.leaseId)) if (now.state === "ended") break
  const deadline = Date.now() + 30_000
  while (Date.now() < deadline) {
    const tab = (await agent.tabs()).find((t) => t.signer === lease.signer)
    if (tab && tab.running === 0 && tab.used === tab.amount && tab.seq > 0) return agent.lease(lease.leaseId)
    await new Promise((r) => setTimeout(r, 200))
  }
  throw new Error(`lease ${lease.leaseId}: its last receipt was not signed within 30 s`)
}

async function followReceipts(agent: Agent, screen: Screen, node: Address, signal: AbortSignal): Promise<void> {
  let count = 0
  try {
    for await (const r of agent.receipts({ signal })) {
      if (r.node !== node) continue
      count++
      screen.live(
        `receipt ${r.seq} · block ${r.block} · ${(Number(r.gpuMs) / 1000).toFixed(1)} s active · used ${formatCredits(r.used)} · signed for ${formatCredits(r.amount)} · both signed (${count})`,
      )
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function fetchResult(client: BerthClient, screen: Screen, lease: Lease, resultDir: string): Promise<void> {
  mkdirSync(resultDir, { recursive: true })
  await getFiles(client, { lease: lease.leaseId, path: "/out", to: resultDir })
  const { accuracy, picture } = readResult(resultDir)
  screen.say(
    `fetched ${join(resultDir, "out")}, as berth cp ${lease.leaseId.slice(0, 10)}:/out ${basename(resultDir)} does; picture ${picture}`,
  )
  check(accuracy > ASKED_ACCURACY, `held-out accuracy ${accuracy} is not above ${ASKED_ACCURACY}`)
  screen.say(`accuracy on digits never seen: ${accuracy.toFixed(4)}, more than ${ASKED_ACCURACY} were asked`)
}

/** Log text by whole lines. */
async function* linesOf(agent: Agent, leaseId: string): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ""
  for await (const chunk of agent.logs(leaseId, { follow: true })) {
    rest += decoder.decode(chunk.data, { stream: true })
    const lines = rest.split("\n")
    rest = lines.pop()!
    yield* lines
  }
  if (rest) yield rest
}
