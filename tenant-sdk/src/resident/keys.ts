import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { addressOfKey } from "@berth/protocol"
import { secp256k1 } from "@noble/curves/secp256k1.js"
import type { Address } from "viem"
import type { Config } from "../config.ts"
import { BerthError } from "../errors.ts"
import { decryptKey, encryptKey, type ScryptCost } from "../keys/keystore.ts"

/** A profile's two keys, opened. */
export interface ProfileKeys {
  readonly wallet: Uint8Array
  readonly agent: Uint8Array
}

/** Makes a profile's keystore files with one passphrase. Never overwrites one. Returns the wallet's address. */
export function createKeys(
  config: Config,
  passphrase: string,
  options: { readonly wallet?: Uint8Array; readonly cost?: ScryptCost },
): Address {
  if (existsSync(config.walletFile))
    throw new BerthError("exists", `profile ${config.profile} has an account: ${config.walletFile}`, {
      hint: "use another one: --profile NAME",
    })
  const wallet = options.wallet ?? secp256k1.utils.randomSecretKey()
  const write = (path: string, key: Uint8Array) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, `${encryptKey(key, passphrase, options.cost)}\n`, { mode: 0o600, flag: "wx" })
  }
  if (!existsSync(config.agentKeyFile)) write(config.agentKeyFile, secp256k1.utils.randomSecretKey())
  write(config.walletFile, wallet)
  return addressOfKey(wallet)
}

/** Opens them. Throws BerthError `no_account`, `bad_passphrase`. */
export function openKeys(config: Config, passphrase: string): ProfileKeys {
  expectAccount(config)
  const open = (path: string) => decryptKey(readFileSync(path, "utf8"), passphrase, path)
  return { wallet: open(config.walletFile), agent: open(config.agentKeyFile) }
}

/** The account's address, without its passphrase. */
export function accountOf(config: Config): Address {
  expectAccount(config)
  return `0x${(JSON.parse(readFileSync(config.walletFile, "utf8")) as { address: string }).address}`
}

function expectAccount(config: Config): void {
  if (existsSync(config.walletFile) && existsSync(config.agentKeyFile)) return
  throw new BerthError("no_account", `profile ${config.profile} has no account`, {
    hint: "berth account create, or berth account import FILE",
  })
}
