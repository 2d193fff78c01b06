import { privateKeyFromRaw } from "@libp2p/crypto/keys"
import { peerIdFromPrivateKey } from "@libp2p/peer-id"

/** The libp2p PeerId of a secp256k1 key, as text. */
export function peerIdOf(privateKey: Uint8Array): string {
  return peerIdFromPrivateKey(privateKeyFromRaw(privateKey)).toString()
}
