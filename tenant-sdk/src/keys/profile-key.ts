import { bytesToHex, concatBytes, keccak, keccakText } from "@berth/protocol"
import { decryptKey, encryptKey, type ScryptCost } from "./keystore.ts"

/** The passphrase is a random key itself, so that costly derivation would add nothing: 10,000 tabs open at once. */
const COST: ScryptCost = { n: 2, r: 8, p: 1 }

/**
 * What one 32-byte secret of a profile is used for: the agent's PeerId, the signers of its reservations, and sealing the keys of its tabs'
 * signers in the store.
 */
export class ProfileKey {
  readonly #secret: Uint8Array
  readonly #passphrase: string

  constructor(secret: Uint8Array) {
    this.#secret = secret
    this.#passphrase = bytesToHex(this.#derived("berth signer keys"))
  }

  /** secp256k1 key of the agent's libp2p identity. */
  get identity(): Uint8Array {
    return this.#derived("berth agent identity")
  }

  /**
   * The key that signs for served days of a reservation, and for work under it: one of its own for each, the same each time, so that no
   * store has to outlive the reservation. Worth that reservation's remaining days, to its node alone.
   */
  reservationSigner(id: bigint): Uint8Array {
    return this.#derived(`berth reservation signer ${id}`)
  }

  /** A signer key as a V3 keystore. */
  seal(key: Uint8Array): string {
    return encryptKey(key, this.#passphrase, COST)
  }

  /** Throws BerthError `bad_passphrase` when it was sealed by another profile. */
  open(keystore: string): Uint8Array {
    return decryptKey(keystore, this.#passphrase, "the signer key of a tab")
  }

  #derived(purpose: string): Uint8Array {
    return keccak(concatBytes(keccakText(purpose), this.#secret))
  }
}
