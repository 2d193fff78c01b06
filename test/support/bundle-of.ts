// The bundle of receipts that a test made itself.
import { type Address, type Bundle, bundleSchema, type Deployment, stringifyBundle } from "@berth/protocol"
import { assembleBundle } from "../../tenant-sdk/src/bill/assemble-bundle.ts"
import type { BillSource } from "../../tenant-sdk/src/bill/bill.ts"
import { bundleHead, TabBundler } from "../../tenant-sdk/src/bill/bundle.ts"
import type { ReceiptRow } from "../../tenant-sdk/src/store/receipt-rows.ts"

export interface ReceiptsOfTab extends BillSource {
  readonly receipts: readonly ReceiptRow[]
}

/** As it is read back from the file that it is written to. */
export async function bundleOf(deployment: Deployment, tenant: Address, tabs: readonly ReceiptsOfTab[]): Promise<Bundle> {
  const market = { chainId: deployment.chainId, contract: deployment.berth }
  const pieces = tabs.flatMap(({ receipts, ...source }) => {
    const bundler = new TabBundler(market, source)
    return [...bundler.take(receipts), ...bundler.end()]
  })
  return bundleSchema.parse(JSON.parse(stringifyBundle(await assembleBundle([...pieces, bundleHead(deployment, tenant)]))))
}
