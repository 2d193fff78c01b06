import type { Context } from "./context.ts"

/** Shows a call in place of sending it: an owner that is a multisig sends it by its own ways. Needs no account. */
export async function showCall(
  { config, out }: Context,
  contract: "berth" | "verifiers",
  functionName: string,
  args: readonly unknown[],
): Promise<void> {
  const [{ encodeFunctionData }, { berthAbi, verifiersAbi }, { loadMarket }] = await Promise.all([
    import("viem"),
    import("../chain/abi.ts"),
    import("../resident/market.ts"),
  ])
  const { deployment } = loadMarket(config)
  const abi = contract === "berth" ? berthAbi : verifiersAbi
  const data = encodeFunctionData({ abi, functionName, args } as never)
  const call = { chainId: deployment.chainId, to: deployment[contract], value: 0n, data }
  out.data(call)
  out.line(`to     ${call.to} (chain ${call.chainId})`)
  out.line(`data   ${data}`)
  out.note("nothing was sent: the owner sends it, with value 0")
}
