import { execFile } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join, relative } from "node:path"
import { promisify } from "node:util"
import { type Address, formatCredits, stringifyBundle } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { type Agent, withdraw } from "@berth/sdk"
import { check } from "./check.ts"
import type { Market } from "./market.ts"
import type { Screen } from "./screen.ts"
import { clientOf } from "./stakes.ts"

const DAY = 86_400
/** The recorder waits this long after midnight for the nodes' last receipts; we pass it. */
const AFTER_MIDNIGHT = 310
const SETTLED_WITHIN_MS = 30_000
const SEEN_WITHIN_MS = 30_000
const CHALLENGE_PERIOD = 72 * 3_600

/** Ends the day, settles it, closes tabs both ways, pays everybody out, prints the bill and audits it. */
export async function closeTheDay(
  market: Market,
  agent: Agent,
  screen: Screen,
  nodes: readonly Address[],
  stateDir: string,
): Promise<void> {
  screen.step("4  The day ends")
  const tabs = await agent.tabs()
  check(tabs.length === nodes.length, `the tenant should have ${nodes.length} tabs, it has ${tabs.length}`)
  const used = tabs.reduce((sum, t) => sum + t.used, 0n)
  await screen.during("the nodes hand their receipts over", market.handedOver())
  await passMidnight(market, agent)
  screen.say("chain time moved past midnight (UTC)")
  await screen.during("settling", settled(market, screen, tabs.length))
  await everyoneSees(market, agent)
  for (const tab of await agent.tabs()) check(tab.spent === tab.used, `tab with ${tab.node}: ${tab.spent} settled, ${tab.used} signed`)

  const bill = await agent.bill()
  const file = join(stateDir, "bundle.json")
  writeFileSync(file, stringifyBundle(await agent.exportBundle()))

  await closeTabs(market, agent, screen, nodes)
  await payOut(market, agent, screen, used)

  screen.say("the bill:")
  screen.table(
    ["node", "image", "active", "price / hour", "amount"],
    bill.lines.map((l) => [
      l.node.slice(0, 10),
      l.image,
      `${(Number(l.activeMs) / 1000).toFixed(1)} s`,
      formatCredits(l.price),
      formatCredits(l.amount),
    ]),
  )
  check(bill.total.amount === used, `the bill says ${bill.total.amount}, the receipts ${used}`)
  screen.say(`total ${formatCredits(bill.total.amount)}, all of it settled on chain`)
  await audit(market, screen, file)
}

async function passMidnight(market: Market, agent: Agent): Promise<void> {
  const { timestamp } = await market.chain.client.getBlock()
  await passTime(market, agent, DAY - (Number(timestamp) % DAY) + AFTER_MIDNIGHT)
}

/** No real chain jumps: everyone gets to see it before anything else happens. */
async function passTime(market: Market, agent: Agent, seconds: number): Promise<void> {
  await market.chain.increaseTime(seconds)
  await everyoneSees(market, agent)
}

async function everyoneSees(market: Market, agent: Agent): Promise<void> {
  const time = await market.headSeen()
  const deadline = Date.now() + SEEN_WITHIN_MS
  while ((await agent.info()).now < time) {
    check(Date.now() < deadline, `the tenant's agent has not seen the chain's newest block within ${SEEN_WITHIN_MS / 1000} s`)
    await new Promise((r) => setTimeout(r, 50))
  }
}

/** The recorder does it by itself, some minutes of chain time after midnight: waits for it and reads from the chain what it cost. */
async function settled({ chain, nodes }: Market, screen: Screen, tabs: number): Promise<void> {
  const { berth, startBlock } = chain.deployment
  const filter = { address: berth, abi: berthAbi, eventName: "Settled", fromBlock: BigInt(startBlock) } as const
  const deadline = Date.now() + SETTLED_WITHIN_MS
  let lines = await chain.client.getContractEvents(filter)
  while (lines.length < tabs && Date.now() < deadline) {
    await new Promise((r) => setTimeout(r, 200))
    lines = await chain.client.getContractEvents(filter)
  }
  check(lines.length === tabs, `${tabs} statements were due, ${lines.length} were settled within ${SETTLED_WITHIN_MS / 1000} s`)
  const [hash, ...others] = new Set(lines.map((l) => l.transactionHash))
  check(hash !== undefined && others.length === 0, `one settlement was expected, there were ${others.length + 1}`)
  const [{ gasUsed }, { input }] = await Promise.all([chain.client.getTransactionReceipt({ hash }), chain.client.getTransaction({ hash })])
  const bytes = (input.length - 2) / 2
  screen.say(
    `the recorder settled ${tabs} tabs of ${nodes.length} nodes in one transaction: ${gasUsed} gas (${Math.round(Number(gasUsed) / tabs)} a tab), ${bytes} bytes (${Math.round(bytes / tabs)} a tab)`,
  )
  screen.say("a first settlement writes new slots, and three tabs share one transaction: bench/RESULTS.md has a hundred")
}

async function closeTabs(market: Market, agent: Agent, screen: Screen, nodes: readonly Address[]): Promise<void> {
  const [agreed, timed, third] = nodes
  const first = await agent.closeTab({ tab: agreed! })
  screen.say(
    `closed the tab with ${agreed!.slice(0, 10)} by agreement, at once: the node signed ${formatCredits(first.amount ?? 0n)} as final`,
  )
  await agent.closeTab({ tab: timed!, timed: true })
  screen.say(`asked to close the tab with ${timed!.slice(0, 10)} without its node: 72 hours in which receipts still settle`)
  await passTime(market, agent, CHALLENGE_PERIOD + 1)
  await agent.finishClose({ tab: timed! })
  screen.say("72 hours of chain time later the rest came back")
  if (third) await agent.closeTab({ tab: third })
}

async function payOut({ chain, operators, staked }: Market, agent: Agent, screen: Screen, used: bigint): Promise<void> {
  const { berth, reserve } = chain.deployment
  const core = { address: berth, abi: berthAbi } as const
  let earned = 0n
  for (const operator of operators) {
    const credits = await chain.client.readContract({ ...core, functionName: "credits", args: [operator.address] })
    check(credits > 0n, `operator ${operator.address} has earned nothing`)
    await withdraw(clientOf(chain, operator), { amount: credits })
    earned += credits
  }
  check(earned === used, `operators were paid ${earned}, the tenant used ${used}`)
  screen.say(`the operators withdrew ${formatCredits(earned)}`)
  const { available } = await agent.balance()
  await agent.withdraw({ amount: available })
  screen.say(`the tenant took the rest home: ${formatCredits(available)}`)
  const held = await chain.client.readContract({
    address: reserve,
    abi: [
      {
        type: "function",
        name: "balanceOf",
        stateMutability: "view",
        inputs: [{ name: "a", type: "address" }],
        outputs: [{ type: "uint256" }],
      },
    ] as const,
    functionName: "balanceOf",
    args: [berth],
  })
  check(held === staked, `the contract holds ${held} credits; ${staked} are staked, the others nobody's`)
  screen.say(`the contract holds ${formatCredits(held)}, the operators' stake: every other credit is with its owner`)
}

/**
 * In a process of its own, with an empty profile: it has the bundle and the chain, and no store of either side. Which contracts are Berth's it
 * is told, as by a published deployment: those that a bundle names could be anybody's.
 */
async function audit(market: Market, screen: Screen, file: string): Promise<void> {
  const command = (show: (path: string) => string) => {
    const { rpcUrl, deploymentFile } = market.chain
    return ["audit", show(file), "--rpc", rpcUrl, "--deployment", show(deploymentFile)]
  }
  screen.say(`berth ${command((path) => relative(process.cwd(), path)).join(" ")}`)
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [market.cli, ...command((path) => path)], {
      env: market.strangerEnv,
    })
    screen.say(`${stderr}${stdout}`.trimEnd())
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string }
    check(false, `the audit failed:\n${stdout}${stderr}`)
  }
}
