import { type Address, minutesUsed, useByReceipts } from "@berth/protocol"

interface Record {
  readonly leaseNo: number
  readonly cumulativeMs: bigint
}

/** What an agent keeps that says how a day was used. */
export interface DayUsedStore {
  readonly leases: { all(): readonly { readonly signer: Address; readonly leaseNo: number; readonly terms: { readonly count: number } }[] }
  readonly receipts: {
    slices(
      signer: Address,
      days: { readonly from: number; readonly to: number },
    ): AsyncIterable<readonly { readonly proposal: { readonly records: readonly Record[] } }[]>
  }
}

/** Minutes of a day in which a reservation was used at least, by what this agent countersigned: as its node counts them. */
export async function dayUsed({ leases, receipts }: DayUsedStore, signer: Address, gpus: number, day: number): Promise<number> {
  const records: (readonly Record[])[] = []
  for await (const slice of receipts.slices(signer, { from: day, to: day })) records.push(...slice.map((row) => row.proposal.records))
  const counts = new Map(
    leases
      .all()
      .filter((lease) => lease.signer === signer)
      .map(({ leaseNo, terms }) => [leaseNo, terms.count]),
  )
  return minutesUsed(
    [...useByReceipts(records)].map(([leaseNo, gpuMs]) => ({ gpuMs, count: counts.get(leaseNo) ?? 1 })),
    gpus,
  )
}
