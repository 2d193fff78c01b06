import { type Address, hexToBytes, ProtocolError } from "@berth/protocol"
import { errorFromWire, RECORDS, RecordsRequest, RecordsResponse } from "@berth/protocol/wire"
import type { Libp2p } from "@libp2p/interface"
import { multiaddr } from "@multiformats/multiaddr"
import type { CountersignedRow } from "../store/receipt-store.ts"
import { Channel } from "./channel.ts"

/** Records and terms of all receipts of a request: what a recorder hashes in one go. */
export const MAX_RECORDS_A_REQUEST = 16_384

/** As many of the first of them as a request may hold. */
export function fitting(rows: readonly CountersignedRow[]): readonly CountersignedRow[] {
  let left = MAX_RECORDS_A_REQUEST
  const tooMany = rows.findIndex(({ proposal: { records, terms } }, i) => {
    left -= records.length + terms.length
    return left < 0 && i > 0
  })
  return tooMany < 0 ? rows : rows.slice(0, tooMany)
}

/**
 * Hands countersigned receipts to one recorder.
 * @returns how many it took
 * @throws ProtocolError when it can't be reached or refuses
 */
export async function submitReceipts(host: Libp2p, recorder: string, node: Address, rows: readonly CountersignedRow[]): Promise<number> {
  const signal = AbortSignal.timeout(RECORDS.timeoutMs)
  const stream = await host.dialProtocol(multiaddr(recorder), RECORDS.id, { signal }).catch((cause) => {
    throw new ProtocolError("timeout", `recorder ${recorder} can't be reached: ${(cause as Error).message}`, { cause })
  })
  const channel = new Channel<RecordsResponse, RecordsRequest>(stream, RECORDS, { in: RecordsResponse, out: RecordsRequest })
  try {
    const submit = rows.map(({ signer, proposal, countersignature, reservation }) => ({
      node: hexToBytes(node),
      signer: hexToBytes(signer),
      proposal,
      countersignature,
      reservation: reservation ? hexToBytes(reservation) : new Uint8Array(0),
    }))
    await channel.write({ submit }, RECORDS.timeoutMs)
    const { accepted, error } = await channel.read()
    if (error) throw errorFromWire(error)
    await channel.close()
    return accepted
  } catch (error) {
    channel.abort(error as Error)
    throw error
  }
}
