import type { Command } from "commander"
import type { Context } from "./context.ts"

export type Handler = (context: Context, ...args: never[]) => Promise<unknown>
/** Adds a command with what all have. */
export type Add = (parent: Command, usage: string, description: string) => Command
/** Makes an action of a handler that is loaded when it is needed. */
export type Does = (load: () => Promise<Handler>) => (...given: unknown[]) => Promise<void>

/** For commands that move money: with the same id they move it once. */
export function withId(command: Command): Command {
  return command.option("--id <hex>", "16 bytes: asked again with the same id, it is the same transaction")
}

export function reservationCommands(program: Command, add: Add, does: Does): void {
  add(program, "reserve", "GPUs of one node for a term of days, prepaid at a lower price")
    .option("--days <n>", "how many")
    .option("--from <date>", "first day, UTC, or today; default tomorrow: a day costs the same however little of it is left")
    .option("--class <class>", "such as nvidia/rtx-4090; default cpu/x86-64")
    .option("--gpus <n>", "GPUs, or vCPUs of cpu/x86-64; default 1")
    .option("--node <address>", "only this node")
    .option("--region <code>", "ISO 3166 code, or code/city")
    .option("--max-per-day <usd>", "for all GPUs together at most")
    .option("--even-if-dearer", "or no cheaper than pay-as-you-go used all day")
    .option("--signer <address|nobody>", "who signs for served days; default this agent")
    .option("--quote <file>", "take this quote: the same one makes one reservation, however often")
    .option("--save <file>", "keep the quote that is taken")
    .option("--yes", "do not ask")
    .action(does(async () => (await import("./reserve.ts")).reserve))
  const load = () => import("./reservations.ts")
  const claims = () => import("./claims.ts")
  const list = add(program, "reservations [id]", "yours; with an id its days, signer and refund")
    .option("--node <address>", "all of a node's")
    .option("--account <address>", "of this account")
    .action(does(async () => (await load()).reservations))
  add(list, "refund <id>", "ask for what lies in the token; a day later: take it").action(does(async () => (await load()).refund))
  add(list, "cancel <id>", "end it early, for the fee that the quote named")
    .option("--agreed", "ask the node for its terms, and end it by them")
    .option("--from <date>", "with --agreed: the first day that is not reserved any more; default the soonest")
    .option("--agreement <file>", "as the node has agreed: {firstDay, operatorBps, deadline, signature}")
    .option("--yes", "do not ask")
    .action(does(async () => (await import("./cancel-reservation.ts")).cancel))
  add(list, "transfer <id> <address>", "give it away")
    .option("--yes", "do not ask")
    .action(does(async () => (await load()).transfer))
  add(list, "signer <id> [agent|address|nobody]", "who signs for served days from the day after next on; default this agent").action(
    does(async () => (await load()).signer),
  )
  add(list, "stop-signing <id>", "this agent signs for none of its days: three that lapse end it without a fee")
    .option("--undo", "sign for them again")
    .action(does(async () => (await claims()).stopSigning))
  add(list, "sign <id>", "sign for days that are over, as the agent does for the node by itself")
    .option("--save <file>", "write it there, for the operator or whoever posts it")
    .action(does(async () => (await claims()).sign))
  add(list, "claim <file>", "anybody: post days that were signed for").action(does(async () => (await claims()).claimSigned))
  add(list, "claim-unsigned <id>", "anybody: post days for which nobody is named to sign")
    .option("--from <date>", "first day, UTC; default the first that is open")
    .option("--days <n>", "how many; default all that are open in a row")
    .action(does(async () => (await claims()).claimUnsigned))
  add(list, "lapse <id>", "post days that were not claimed in time").action(does(async () => (await load()).lapse))
}

export function stakeCommands(stake: Command, add: Add, does: Does): void {
  const load = () => import("./stake.ts")
  stake.action(does(async () => (await load()).stake))
  withId(add(stake, "deposit <usd>", "credits into stake")).action(does(async () => (await load()).stakeDeposit))
  add(stake, "lockable <node> <usd>", "what quotes of a node may lock from now on").action(does(async () => (await load()).stakeLockable))
  add(stake, "unstake <usd|all>", "free stake back, in 7 days").action(does(async () => (await load()).stakeUnstake))
  add(stake, "finish", "take unbonded stake into credits").action(does(async () => (await load()).stakeFinish))
}
