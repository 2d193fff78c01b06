import { type Address, hexToBytes, keccak, type Market, sessionDigest } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { SESSION_MAX_SECONDS, type SessionProof } from "@berth/protocol/wire"

/** Seconds before its end at which a proof is made anew: clocks of two chain views differ by some blocks. */
const MARGIN = 300n

export interface SessionSubject {
  readonly market: Market
  readonly signer: Address
  readonly node: Address
  readonly signerKey: Uint8Array
  /** Our PeerId's multihash. */
  readonly peer: Uint8Array
}

/** Proves to one node that our libp2p peer acts for a tab's signer. Signs anew when the last proof nears its end. */
export class SessionKeeper {
  readonly #subject: SessionSubject
  #proof: SessionProof | undefined

  constructor(subject: SessionSubject) {
    this.#subject = subject
  }

  /** @param now chain time, unix seconds */
  proof(now: bigint): SessionProof {
    const last = this.#proof
    if (last && last.expires > now + MARGIN && last.expires <= now + BigInt(SESSION_MAX_SECONDS)) return last
    const { market, signer, node, signerKey, peer } = this.#subject
    const expires = now + BigInt(SESSION_MAX_SECONDS) - MARGIN
    const digest = sessionDigest(market, { signer, node, peer: keccak(peer), expires })
    this.#proof = { signer: hexToBytes(signer), expires, signature: nativeEcdsa.sign(digest, signerKey) }
    return this.#proof
  }
}
