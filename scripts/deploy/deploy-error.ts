/** What a deployment refuses, by name. */
export type DeployErrorName =
  | "BadParameters"
  | "RpcUnreachable"
  | "RpcRefused"
  | "WrongChain"
  | "NoCodeAtReserve"
  | "WrongDecimals"
  | "ZeroOwner"
  | "NoCreateX"
  | "NoTransientStorage"
  | "NoKey"
  | "NotConfirmed"
  | "NotEnoughEther"
  | "StaleBytecode"
  | "WrongContract"
  | "StillPending"
  | "DeploymentFailed"

/** Those that go away by themselves: the same command, later. */
export const TRY_AGAIN: readonly DeployErrorName[] = ["RpcUnreachable", "StillPending"]

/** Says what is wrong, with what, and what to do; `name` is for programs. */
export class DeployError extends Error {
  override readonly name: DeployErrorName

  constructor(name: DeployErrorName, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = name
  }
}
