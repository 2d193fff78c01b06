import { createCipheriv, createDecipheriv, randomBytes, randomUUID, scryptSync, timingSafeEqual } from "node:crypto"
import { addressOfKey, hexToBytes, keccak } from "@berth/protocol"
import { BerthError } from "../errors.ts"

/** Cost of the scrypt that stands between a stolen file and the key. */
export interface ScryptCost {
  readonly n: number
  readonly r: number
  readonly p: number
}

/** What geth and others use: about a second and 256 MiB. */
export const STANDARD_COST: ScryptCost = { n: 262_144, r: 8, p: 1 }
/** For development chains, and where the passphrase is itself a random key. */
export const LIGHT_COST: ScryptCost = { n: 4_096, r: 8, p: 1 }

/** Encrypts a private key as a Web3 Secret Storage file, version 3. */
export function encryptKey(key: Uint8Array, passphrase: string, cost: ScryptCost = STANDARD_COST): string {
  const salt = randomBytes(32)
  const iv = randomBytes(16)
  const derived = derive(passphrase, salt, cost)
  const cipher = createCipheriv("aes-128-ctr", derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(key), cipher.final()])
  return JSON.stringify({
    version: 3,
    id: randomUUID(),
    address: addressOfKey(key).slice(2),
    crypto: {
      cipher: "aes-128-ctr",
      cipherparams: { iv: iv.toString("hex") },
      ciphertext: ciphertext.toString("hex"),
      kdf: "scrypt",
      kdfparams: { dklen: 32, n: cost.n, r: cost.r, p: cost.p, salt: salt.toString("hex") },
      mac: Buffer.from(keccak(Buffer.concat([derived.subarray(16, 32), ciphertext]))).toString("hex"),
    },
  })
}

/**
 * Opens a version 3 file. `name` is used in errors only.
 * @throws BerthError `bad_passphrase`, `malformed`, `unsupported`
 */
export function decryptKey(json: string, passphrase: string, name: string): Uint8Array {
  const { crypto } = parse(json, name)
  const { n, r, p, salt } = crypto.kdfparams
  const derived = derive(passphrase, hexToBytes(`0x${salt}`), { n, r, p })
  const ciphertext = Buffer.from(crypto.ciphertext, "hex")
  const mac = keccak(Buffer.concat([derived.subarray(16, 32), ciphertext]))
  const wanted = Buffer.from(crypto.mac, "hex")
  if (wanted.length !== 32 || !timingSafeEqual(mac, wanted))
    throw new BerthError("bad_passphrase", `the passphrase does not open ${name}`, { hint: "give the one it was made with" })
  const decipher = createDecipheriv("aes-128-ctr", derived.subarray(0, 16), Buffer.from(crypto.cipherparams.iv, "hex"))
  return new Uint8Array(Buffer.concat([decipher.update(ciphertext), decipher.final()]))
}

interface RawCrypto {
  readonly cipher?: string
  readonly kdf?: string
}

interface Keystore {
  readonly crypto: {
    readonly ciphertext: string
    readonly cipherparams: { readonly iv: string }
    readonly kdfparams: ScryptCost & { readonly salt: string }
    readonly mac: string
  }
}

function parse(json: string, name: string): Keystore {
  let file: { version?: number; crypto?: RawCrypto; Crypto?: RawCrypto }
  try {
    file = JSON.parse(json)
  } catch (cause) {
    throw new BerthError("malformed", `${name} is not a keystore file: it is no JSON`, { cause })
  }
  // Some wallets write a capital letter.
  const crypto = file.crypto ?? file.Crypto
  if (file.version !== 3 || crypto?.cipher !== "aes-128-ctr" || crypto.kdf !== "scrypt")
    throw new BerthError("unsupported", `${name} is not a version 3 keystore with scrypt and aes-128-ctr`, {
      hint: "convert it, for example with geth",
    })
  return { crypto } as never
}

/** Node's scrypt refuses above 32 MiB unless told that more is meant. */
function derive(passphrase: string, salt: Uint8Array, { n, r, p }: ScryptCost): Buffer {
  return scryptSync(passphrase.normalize("NFKC"), salt, 32, { N: n, r, p, maxmem: 256 * (n + p) * r + 1_048_576 })
}
