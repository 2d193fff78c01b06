import { type Address, bytesToHex, keccak, type Market, ProtocolError, recoverAddress, sessionDigest, tabId } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { expectSize, SESSION_MAX_SECONDS, type SessionProof } from "@berth/protocol/wire"
import type { PeerId } from "@libp2p/interface"

export interface SessionRules {
  readonly market: Market
  readonly node: Address
  /** Chain time, unix seconds; undefined before the first block. */
  now(): bigint | undefined
}

/** Who speaks on a stream: the signer of a tab with this node. */
export interface Session {
  readonly signer: Address
  readonly tab: `0x${string}`
  readonly tabBytes: Uint8Array
}

/** Block times run a little ahead of or behind each other; a proof is not refused for that. */
const SKEW_SECONDS = 120n

/**
 * Checks that the peer at the other end acts for a tab's signer. It says nothing about whether such a tab exists.
 * @throws ProtocolError `unauthorized`, `malformed`, `chain_unavailable`
 */
export function checkSession(proof: SessionProof | undefined, peer: PeerId, rules: SessionRules): Session {
  if (!proof) throw new ProtocolError("unauthorized", "the first message on this stream must carry a session", { field: "session" })
  expectSize(proof.signer, 20, "signer")
  expectSize(proof.signature, 64, "signature")
  const now = rules.now()
  if (now === undefined) throw new ProtocolError("chain_unavailable", "the node has not seen the chain yet and can't tell the time")
  if (proof.expires < now - SKEW_SECONDS)
    throw new ProtocolError("unauthorized", `the session expired at ${proof.expires}, it is ${now}`, { field: "expires" })
  if (proof.expires > now + BigInt(SESSION_MAX_SECONDS) + SKEW_SECONDS)
    throw new ProtocolError("unauthorized", `a session lives at most ${SESSION_MAX_SECONDS} s`, { field: "expires" })
  const signer = bytesToHex(proof.signer)
  const session = { signer, node: rules.node, peer: keccak(peer.toMultihash().bytes), expires: proof.expires }
  if (recoverAddress(nativeEcdsa, sessionDigest(rules.market, session), proof.signature) !== signer)
    throw new ProtocolError("unauthorized", "the session is not signed by its signer for this node and this peer", { field: "signature" })
  const tabBytes = tabId(rules.market, signer, rules.node)
  return { signer, tab: bytesToHex(tabBytes), tabBytes }
}
