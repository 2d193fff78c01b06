import { encodeBatch, signLine } from "./batch.ts"
import { DAY, type withTab } from "./harbour.ts"
import { signStruct } from "./signing.ts"

export type Tab = Awaited<ReturnType<typeof withTab>>

export async function settleOne(tab: Tab, amount: bigint, domain = tab.domain) {
  const line = await signLine(tab.signer, domain, tab.node.address, DAY, amount)
  return tab.berth.getFunction("settle")(encodeBatch({ node: tab.node.address, day: DAY, lines: [line] }))
}

export async function closing(
  tab: Tab,
  amount: bigint,
  deadline: number | bigint,
): Promise<[string, string, bigint, number | bigint, string, string]> {
  const value = { signer: tab.signer.address, node: tab.node.address, amount, deadline }
  const { r, vs } = await signStruct(tab.node, tab.domain, "TabClose", value)
  return [value.signer, value.node, amount, deadline, r, vs]
}

/** Whether it is not even mined, or reverts without a reason. */
export function fails(sent: Promise<unknown>): Promise<boolean> {
  return sent.then(
    () => false,
    () => true,
  )
}

export async function view({ berth, signer, node }: Tab) {
  return berth.getFunction("tabs")(signer.address, node.address)
}
