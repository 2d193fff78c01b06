import {
  type Address,
  addressOfKey,
  bytesToHex,
  hexToBytes,
  keccak,
  recoverAddress,
  reservationCancelDigest,
  sessionDigest,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { reservationCancelFromWire, type SessionProof } from "@berth/protocol/wire"
import type { CancelAgreement } from "../actions/cancelReservation.ts"
import { reservation } from "../actions/reservation.ts"
import type { ChainView } from "../chain/chain-view.ts"
import { hexOfId, type ReservedReader } from "../chain/reserved.ts"
import { signWithWallet } from "../chain/sign-with-wallet.ts"
import { type BerthClient, walletOf } from "../client.ts"
import { BerthError } from "../errors.ts"
import type { ProfileKey } from "../keys/profile-key.ts"
import type { P2pHost } from "../p2p/host.ts"
import { askReservationCancel } from "../p2p/reservation.ts"
import { SessionKeeper } from "../p2p/session.ts"

export interface AgreedCancelModules {
  readonly client: BerthClient
  readonly chain: ChainView
  readonly reader: ReservedReader
  readonly host: P2pHost
  readonly key: ProfileKey
}

/** How long a node may take to answer. */
const ASK_MS = 10_000
/** A wallet's proof is used once. */
const PROOF_LIFE = 300n

/**
 * Asks a reservation's node on which terms it agrees to end it, as who signs for today or as the holder.
 * @param options.firstDay UTC day from which it is not reserved any more; by default the soonest
 * @returns the node's word, checked: `cancelReservation` takes it until its deadline
 * @throws BerthError `not_offered` (the operator agrees to none), `unauthorized` (neither its holder nor its signer), `bad_signature`,
 * `no_reservation`, `unreachable`, `timeout`, `rpc`
 */
export async function askAgreedCancel(
  m: AgreedCancelModules,
  { id, firstDay }: { readonly id: bigint; readonly firstDay?: number | undefined },
): Promise<CancelAgreement> {
  const { node } = await reservation(m.client, { id })
  await m.chain.refresh()
  const session = await proofFor(m, id, node)
  const callee = { node, addresses: m.client.directory.get(node)?.addresses ?? [] }
  const answer = await askReservationCancel(m.host, callee, { session, id, firstDay: firstDay ?? 0 }, AbortSignal.timeout(ASK_MS))
  const { cancel, signature } = reservationCancelFromWire(answer)
  const wrong = (what: string) => new BerthError("bad_signature", `the agreement of node ${node} ${what}`, { hint: "cancel alone" })
  if (cancel.reservation !== id) throw wrong(`is to end another reservation, ${hexOfId(cancel.reservation)}`)
  if (firstDay !== undefined && cancel.firstDay !== firstDay) throw wrong(`is for day ${cancel.firstDay}; ${firstDay} was asked for`)
  if (cancel.operatorBps > 10_000) throw wrong(`leaves the operator ${cancel.operatorBps} basis points`)
  if (cancel.deadline <= m.chain.now) throw wrong(`ended at ${cancel.deadline}; it is ${m.chain.now}`)
  if (recoverAddress(nativeEcdsa, reservationCancelDigest(m.client.market, cancel), signature) !== node) throw wrong("is not signed by it")
  const { reservation: _id, ...terms } = cancel
  return { ...terms, signature }
}

async function proofFor({ client, chain, reader, host, key }: AgreedCancelModules, id: bigint, node: Address): Promise<SessionProof> {
  const { market } = client
  const signerKey = key.reservationSigner(id)
  const own = addressOfKey(signerKey)
  if ((await reader.signerOf(hexOfId(id), chain.today)) === own)
    return new SessionKeeper({ market, signer: own, node, signerKey, peer: host.peer }).proof(chain.now)
  const signer = walletOf(client).account.address.toLowerCase() as Address
  const session = { signer, node, peer: keccak(host.peer), expires: chain.now + PROOF_LIFE }
  const message = { ...session, peer: bytesToHex(session.peer) }
  const hint = "a smart account can't prove itself to a node: name this agent as signer (berth reservations signer), or cancel alone"
  const digest = sessionDigest(market, session)
  const signature = await signWithWallet(client, { struct: "Session", message, digest, as: "holder", hint })
  return { signer: hexToBytes(signer), expires: session.expires, signature }
}
