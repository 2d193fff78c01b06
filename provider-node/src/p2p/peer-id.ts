import { ECDH } from "node:crypto"
import { type Address, addressOf } from "@berth/protocol"
import { privateKeyFromRaw } from "@libp2p/crypto/keys"
import type { PeerId } from "@libp2p/interface"
import { peerIdFromPrivateKey } from "@libp2p/peer-id"

/** The libp2p PeerId of a secp256k1 key, as text. */
export function peerIdOf(privateKey: Uint8Array): string {
  return peerIdFromPrivateKey(privateKeyFromRaw(privateKey)).toString()
}

/** The Ethereum address of a peer's key; undefined when it is of another kind than nodes have. */
export function addressOfPeer({ type, publicKey }: PeerId): Address | undefined {
  if (type !== "secp256k1" || !publicKey) return undefined
  return addressOf(ECDH.convertKey(publicKey.raw, "secp256k1", undefined, undefined, "uncompressed") as Buffer)
}
