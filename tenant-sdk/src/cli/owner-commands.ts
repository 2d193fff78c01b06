import type { Command } from "commander"
import type { Add, Does } from "./reservation-commands.ts"

/** What only one wallet may do: the market's owner, and a node's operator beside `berth stake` and `berth-node`. */
export function ownerCommands(program: Command, add: Add, does: Does): void {
  const load = () => import("./owner.ts")
  const owner = add(program, "owner", "who owns the market, its fee and pause").action(does(async () => (await load()).owner))
  const own = (usage: string, description: string) =>
    add(owner, usage, `the owner: ${description}`).option("--call", "do not send it: show the call, for a multisig")
  own("fee <bps>", "the fee of tabs and reservations made from now on, basis points").action(does(async () => (await load()).fee))
  own("pause", "refuse new deposits, tabs and reservations").action(does(async () => (await load()).pause))
  own("unpause", "allow them again").action(does(async () => (await load()).unpause))
  own("withdraw-fees <to>", "all fees that have accrued, as stablecoin").action(does(async () => (await load()).feesOut))
  const node = add(program, "node", "operators: what only the wallet that registered a node may do")
  add(node, "retire <node>", "no new tabs or reservations at it, for ever; what runs goes on and is paid")
    .option("--yes", "do not ask")
    .action(does(async () => (await load()).retire))
}
