import { Command } from "commander"
import { environmentOf } from "../config.ts"
import type { Context } from "./context.ts"
import { ownerCommands } from "./owner-commands.ts"
import { type Add, type Does, type Handler, reservationCommands, stakeCommands, withId } from "./reservation-commands.ts"
import { verifierCommands } from "./verifier-commands.ts"

interface Surroundings {
  /** Runs a command's handler, loaded only now. */
  readonly does: Does
  /** Of `berth agent`, which lives longer than a command. */
  readonly agent: () => Promise<Handler>
}

/** `berth` with all its commands. */
export function programOf({ does, agent }: Surroundings): Command {
  const program = new Command("berth")
    .description("GPU time from anybody's node: get quotes, run containers, check every charge")
    .version("0.1.0")
    .enablePositionalOptions()
    .showHelpAfterError("(berth --help shows what there is)")
  const common = (command: Command) =>
    command
      .option("--profile <name>", "which profile (BERTH_PROFILE; default: default)")
      .option("--rpc <url>", "the chain's RPC (BERTH_RPC)")
      .option("--deployment <file>", "where the market lives (BERTH_DEPLOYMENT)")
      .option("--passphrase-file <file>", "holds the passphrase of the profile's keys (BERTH_PASSPHRASE_FILE)")
      .option("--json", "the result as JSON")
  const add = (parent: Command, usage: string, description: string) => common(parent.command(usage).description(description))
  accountCommands(add(program, "account", "keys and credits"), add, does)
  leaseCommands(program, add, does)
  moneyCommands(program, add, does)
  reservationCommands(program, add, does)
  stakeCommands(add(program, "stake", "operators: what backs your nodes' reservations"), add, does)
  verifierCommands(program, add, does)
  ownerCommands(program, add, does)
  add(program, "agent", "the resident agent, in the foreground; others start it by themselves")
    .option("--stop", "end the one that runs")
    .option("--launched", "started by berth itself")
    .action(does(agent))
  return program
}

function accountCommands(account: Command, add: Add, does: Does): void {
  const load = () => import("./account.ts")
  add(account, "create", "a new account")
    .option("--light", "weak key derivation, for development")
    .action(does(async () => (await load()).accountCreate))
  add(account, "import <file>", "an account from a private key in hex or a V3 keystore")
    .option("--light", "weak key derivation, for development")
    .action(does(async () => (await load()).accountImport))
  add(account, "show", "its address").action(does(async () => (await load()).accountShow))
  withId(add(account, "deposit <usd>", "stablecoin into credits, by permit")).action(does(async () => (await load()).accountDeposit))
  withId(add(account, "withdraw <usd|all>", "credits into stablecoin"))
    .option("--to <address>", "to whom")
    .action(does(async () => (await load()).accountWithdraw))
  add(account, "balance", "available, in tabs, accrued, hours left").action(does(async () => (await load()).accountBalance))
}

function leaseCommands(program: Command, add: Add, does: Does): void {
  const load = () => import("./leases.ts")
  const where = (command: Command) =>
    command
      .option("--region <code>", "ISO 3166 code, or code/city")
      .option("--tier <tier>", "individual, data-center or partner")
      .option("--max-price <usd>", "per GPU-hour at most")
      .option("--min-stake <usd>", "staked behind the node at least; 0: stake counts nothing (default: little stake ranks last)")
      .option("--node <address>", "only this node")
      .option("--count <n>", "GPUs, or vCPUs of cpu/x86-64")
  where(add(program, "quote", "ask all nodes for a price"))
    .option("--class <class>", "such as nvidia/rtx-4090; default cpu/x86-64")
    .option("--image <image>", "ask who has it already")
    .option("--wait <seconds>", "for slow nodes, those too that were silent lately; default 2, or 10 while none has answered")
    .action(does(async () => (await import("./quote.ts")).quote))
  where(add(program, "run <image> [command...]", "run a container on the best node"))
    .passThroughOptions()
    .option("--class <class>", "such as nvidia/rtx-4090; default cpu/x86-64")
    .option("--gpus <n>", "the same as --count")
    .option("-e, --env <KEY=value>", "environment", (v: string, all: string[] = []) => [...all, v])
    .option("--entrypoint <program>", "in place of the image's")
    .option("-w, --workdir <path>", "working directory")
    .option("-m, --memory <size>", "such as 512m or 2g")
    .option("--read-only", "root file system read-only")
    .option("-d, --detach", "print the lease's id and return")
    .option("--rm", "always so; taken for docker's sake")
    .option("--reservation <id>", "under this reservation: on its node, and paid for already")
    .option("--hours <n>", "what a new tab is to pay for; default 2")
    .option("--id <hex>", "16 bytes: the same id gives the same lease")
    .action(
      does(async () => {
        const { run } = await import("./run.ts")
        return (context: Context, image: string, command: string[], flags: object) => run(context, image, command, flags, environmentOf)
      }),
    )
  add(program, "ps", "leases that run")
    .option("-a, --all", "ended ones too")
    .action(does(async () => (await load()).ps))
  add(program, "logs <lease>", "a lease's output")
    .option("-f, --follow", "until it ends")
    .option("-n, --tail <lines>", "only the last ones")
    .action(does(async () => (await load()).logs))
  add(program, "cp <lease:/path> <folder>", "files out of a lease")
    .option("--max-size <size>", "take no more of the disk, such as 512m or 50g; default 10g")
    .action(does(async () => (await load()).cp))
  add(program, "stop <lease...>", "stop leases").action(does(async () => (await load()).stop))
}

function moneyCommands(program: Command, add: Add, does: Does): void {
  const load = () => import("./tabs.ts")
  const tabs = add(program, "tabs", "what lies with which node").action(does(async () => (await load()).tabs))
  const orders = () => import("./standing-order.ts")
  add(tabs, "open <node> <usd>", "open one by hand, with a standing order or without")
    .option("--order-cap <usd>", "standing order: the node may claim by itself, up to this and the base together")
    .option("--order-rate <usd>", "of which so much an hour")
    .option("--order-hours <n>", "for so long")
    .option("--order-base <usd>", "and so much at once; default 0")
    .option("--another", "beside one that is open")
    .action(does(async () => (await orders()).openTab))
  const order = add(program, "standing-order [tab]", "what nodes may claim without your signature").action(
    does(async () => (await orders()).standingOrder),
  )
  add(order, "claim <file>", "anybody: hand in a receipt that the node signed for such a tab").action(
    does(async () => (await import("./claims.ts")).claimOrder),
  )
  withId(add(program, "topup <tab> <usd>", "more credits into a tab")).action(does(async () => (await load()).topUp))
  add(program, "close <tab>", "close a tab, by agreement with its node")
    .option("--timed", "without the node: request it and wait 72 hours")
    .option("--finish", "end a timed close whose time is over")
    .option("--node <address>", "with --timed or --finish: of a tab that this agent does not know; then name the tab by its whole signer")
    .action(does(async () => (await load()).close))
  add(program, "bill", "what was used, by day and lease")
    .option("--day <date>", "one day, UTC")
    .option("--export <file>", "write the bundle that anybody can check")
    .action(does(async () => (await import("./bill.ts")).bill))
  add(program, "settle <file>", "anybody: hand in the receipts of a bundle").action(does(async () => (await import("./settle.ts")).settle))
  add(program, "audit <file>", "check a bundle against the chain: needs no account").action(
    does(async () => (await import("./bill.ts")).audit),
  )
}
