import type { ContractEventName, ParseEventLogsReturnType, TransactionReceipt } from "viem"
import { parseEventLogs } from "viem"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import { reservationsAbi } from "./abi.ts"
import { type Once, transact } from "./transact.ts"

/** Sends one transaction to the Reservations contract. */
export function transactReservations(
  client: BerthClient,
  functionName: string,
  args: readonly unknown[],
  doing: string,
  once?: Once,
): Promise<TransactionReceipt> {
  const contract = { address: client.deployment.reservations, abi: reservationsAbi }
  return transact(client, { functionName, args, contract }, doing, once)
}

type Name = ContractEventName<typeof reservationsAbi>
type Args<name extends Name> = ParseEventLogsReturnType<typeof reservationsAbi, name, true>[number]["args"]

/** Arguments of all events of a kind that a transaction of ours emitted. */
export function eventsIn<name extends Name>(receipt: TransactionReceipt, eventName: name): Args<name>[] {
  const logs = parseEventLogs({ abi: reservationsAbi, eventName, logs: receipt.logs }) as unknown as { args: Args<name> }[]
  return logs.map((log) => log.args)
}

/** Of an event that it must have emitted. */
export function eventIn<name extends Name>(receipt: TransactionReceipt, eventName: name): Args<name> {
  const [args] = eventsIn(receipt, eventName)
  if (args) return args
  throw new BerthError("rpc", `transaction ${receipt.transactionHash} was mined, but the RPC shows no ${eventName} in it`, {
    hint: "it may have been passed on: look again with berth reservations",
  })
}
