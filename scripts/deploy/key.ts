import { statSync } from "node:fs"
import { bytesToHex } from "@berth/protocol"
import type { Hex } from "viem"
import { passphraseOf } from "../../provider-node/src/cli/passphrase.ts"
import { readKeyFile, readKeystore } from "../../provider-node/src/keystore.ts"
import { DeployError } from "./deploy-error.ts"

/**
 * The deployer's private key: from a file that only its owner may read (32 bytes in hex, or a Web3 Secret Storage V3 keystore whose
 * passphrase is in another file or typed), else typed. Never from the command line, which every process on the machine sees.
 */
export async function deployerKey(keyFile: string | undefined, passphraseFile: string | undefined): Promise<Hex> {
  if (keyFile === undefined) return typedKey()
  const mode = modeOf(keyFile)
  if (mode & 0o077) throw new DeployError("NoKey", `others may read ${keyFile} (mode ${mode.toString(8)}): chmod 600 it`)
  const raw = await readKeyFile(keyFile).catch(() => undefined)
  const key = raw ?? (await readKeystore(keyFile, await passphraseOf(passphraseFile, `Passphrase of ${keyFile}: `)))
  return bytesToHex(key.privateKey)
}

function modeOf(keyFile: string): number {
  try {
    return statSync(keyFile).mode & 0o777
  } catch (cause) {
    throw new DeployError("NoKey", `can't read the key file ${keyFile}`, { cause })
  }
}

async function typedKey(): Promise<Hex> {
  if (!process.stdin.isTTY) throw new DeployError("NoKey", "no key: give --key-file FILE, or start from a terminal and type the key")
  const text = (await passphraseOf(undefined, "The deployer's private key (32 bytes in hex, not shown): ")).trim().replace(/^0x/, "")
  if (!/^[0-9a-fA-F]{64}$/.test(text)) throw new DeployError("NoKey", "that was not a private key: 64 hex digits")
  return `0x${text}`
}
