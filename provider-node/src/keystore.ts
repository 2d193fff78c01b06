import { createCipheriv, createDecipheriv, randomBytes, randomUUID, scrypt, timingSafeEqual } from "node:crypto"
import { open, readFile } from "node:fs/promises"
import { type Address, addressOfKey, bytesToHex, hexToBytes, keccak } from "@berth/protocol"
import { z } from "zod"

/** A secp256k1 key: the node's PeerId, Ethereum address and receipt signer at once. */
export interface NodeKey {
  readonly privateKey: Uint8Array
  readonly address: Address
}

const hexText = z.string().regex(/^([0-9a-fA-F]{2})+$/)
/** Top-level names in any case: ethers writes `Crypto`, geth `crypto`. */
const keystoreSchema = z.preprocess(
  (json) =>
    json !== null && typeof json === "object" ? Object.fromEntries(Object.entries(json).map(([k, v]) => [k.toLowerCase(), v])) : json,
  z.object({
    version: z.literal(3),
    crypto: z.object({
      cipher: z.literal("aes-128-ctr"),
      cipherparams: z.object({ iv: hexText }),
      ciphertext: hexText,
      kdf: z.literal("scrypt"),
      kdfparams: z.object({
        n: z.number().int().min(2).max(1_048_576),
        r: z.number().int().min(1).max(32),
        p: z.number().int().min(1).max(16),
        dklen: z.literal(32),
        salt: hexText,
      }),
      mac: hexText,
    }),
  }),
)

/** Geth's standard cost, about a second; and a light one for keys that guard nothing, such as a local chain's. */
const COST = { standard: 262_144, light: 4_096 } as const

/** Makes the key that these bytes are. */
export function nodeKey(privateKey: Uint8Array): NodeKey {
  return { privateKey, address: addressOfKey(privateKey) }
}

/**
 * Writes a new key as a Web3 Secret Storage V3 file, mode 0600.
 * @throws Error when the file is there already: a key is never overwritten.
 */
export async function createKeystore(path: string, passphrase: string, cost: keyof typeof COST = "standard"): Promise<NodeKey> {
  const key = nodeKey(randomKey())
  const salt = randomBytes(32)
  const iv = randomBytes(16)
  const kdfparams = { n: COST[cost], r: 8, p: 1, dklen: 32, salt: salt.toString("hex") }
  const derived = await derive(passphrase, salt, kdfparams)
  const cipher = createCipheriv("aes-128-ctr", derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(key.privateKey), cipher.final()])
  const json = {
    version: 3,
    id: randomUUID(),
    address: key.address.slice(2),
    crypto: {
      cipher: "aes-128-ctr",
      cipherparams: { iv: iv.toString("hex") },
      ciphertext: ciphertext.toString("hex"),
      kdf: "scrypt",
      kdfparams,
      mac: bare(keccak(Buffer.concat([derived.subarray(16), ciphertext]))),
    },
  }
  await writeNew(path, `${JSON.stringify(json, null, 2)}\n`)
  return key
}

/** Decrypts a key file. @throws Error naming the file when it is missing, not a V3 file, or the passphrase is wrong. */
export async function readKeystore(path: string, passphrase: string): Promise<NodeKey> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new Error(`Can't read the key file ${path}. Run \`berth-node init\` first, or set "keystore".`, { cause })
  })
  const parsed = keystoreSchema.safeParse(jsonOf(text))
  if (!parsed.success) throw new Error(`${path} is not a Web3 Secret Storage V3 file with scrypt and aes-128-ctr.`)
  const { cipherparams, ciphertext, kdfparams, mac } = parsed.data.crypto
  const derived = await derive(passphrase, Buffer.from(kdfparams.salt, "hex"), kdfparams)
  const encrypted = Buffer.from(ciphertext, "hex")
  const expected = keccak(Buffer.concat([derived.subarray(16), encrypted]))
  const given = Buffer.from(mac, "hex")
  if (given.length !== 32 || !timingSafeEqual(given, expected)) throw new Error(`Wrong passphrase for ${path}.`)
  const decipher = createDecipheriv("aes-128-ctr", derived.subarray(0, 16), Buffer.from(cipherparams.iv, "hex"))
  const privateKey = new Uint8Array(Buffer.concat([decipher.update(encrypted), decipher.final()]))
  if (privateKey.length !== 32) throw new Error(`${path} holds a key of ${privateKey.length} bytes, not 32.`)
  return nodeKey(privateKey)
}

function derive(passphrase: string, salt: Buffer, { n, r, p }: { n: number; r: number; p: number }): Promise<Buffer> {
  const maxmem = 256 * n * r
  return new Promise((resolve, reject) =>
    scrypt(passphrase.normalize("NFKC"), salt, 32, { N: n, r, p, maxmem }, (error, key) => (error ? reject(error) : resolve(key))),
  )
}

/** 32 random bytes that are a valid key: zero and those above the order are refused by deriving the address. */
function randomKey(): Uint8Array {
  for (;;) {
    const bytes = new Uint8Array(randomBytes(32))
    try {
      addressOfKey(bytes)
      return bytes
    } catch {
      // One in 2^128: draw again.
    }
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  const file = await open(path, "wx", 0o600).catch((cause) => {
    throw new Error(`${path} can't be created (${(cause as Error).message}). A key is never overwritten: move the old file away first.`, {
      cause,
    })
  })
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const bare = (bytes: Uint8Array): string => bytesToHex(bytes).slice(2)

/** A passphrase file's content without the last line break. */
export async function readPassphrase(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new Error(`Can't read the passphrase file ${path}.`, { cause })
  })
  return text.replace(/\r?\n$/, "")
}

/** Reads a raw private key (0x hex) or a V3 keystore, as `init --register` takes an operator's key. */
export async function readKeyFile(path: string, passphrase?: string): Promise<NodeKey> {
  const text = (await readFile(path, "utf8")).trim()
  if (/^(0x)?[0-9a-fA-F]{64}$/.test(text)) return nodeKey(hexToBytes(text.startsWith("0x") ? (text as `0x${string}`) : `0x${text}`))
  if (passphrase === undefined) throw new Error(`${path} is encrypted: give its passphrase by --operator-passphrase-file.`)
  return readKeystore(path, passphrase)
}
