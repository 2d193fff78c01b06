import type { Address } from "@berth/protocol"

/** What an audit found wrong (`error`) or worth knowing (`notice`), named as exactly as it can be. */
export interface Finding {
  readonly severity: "error" | "notice"
  readonly kind:
    | "record"
    | "terms"
    | "order"
    | "total"
    | "tree"
    | "chain-of-days"
    | "records-hash"
    | "signature"
    | "advance"
    | "settlement"
    | "tab"
    | "anchor"
    | "standing-order"
    | "unsettled"
    | "paid-ahead"
  readonly message: string
  readonly node: Address
  readonly signer: Address
  readonly day?: number
  readonly seq?: number
  readonly block?: bigint
  readonly leaseNo?: number
  /** What it should be, and what stands there. */
  readonly expected?: string
  readonly actual?: string
}
