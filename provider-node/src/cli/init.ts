import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { registerNode } from "../chain/register.ts"
import { loadConfig, standardPaths } from "../config.ts"
import { sizeText } from "../disk/judge.ts"
import { createKeystore, readKeystore } from "../keystore.ts"
import { detectInventory, type Inventory } from "../runner/inventory.ts"
import { configOf } from "./flags.ts"
import { hexOf, operatorOf, placeOf } from "./on-chain.ts"
import { passphraseOf } from "./passphrase.ts"
import type { ConfigFlags } from "./program.ts"
import { sampleConfig } from "./sample-config.ts"

export interface InitFlags extends ConfigFlags {
  readonly lightKey?: boolean
  readonly register?: boolean
  readonly operatorKey?: string
  readonly operatorPassphraseFile?: string
  readonly metadataHash?: string
  readonly recorderAddress?: string[]
}

/** `berth-node init`: what is there already is kept, so that it can be run again, to register for example. */
export async function init(flags: InitFlags, print: (line: string) => void): Promise<void> {
  const file = resolve(flags.config ?? standardPaths().config)
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, sampleConfig(flags), { flag: "wx" })
    if (!flags.json) print(`Wrote ${file}: edit what you offer and at which price.`)
  }
  const config = configOf({ ...flags, config: file })
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  const passphrase = await passphraseOf(config.passphraseFile, `Passphrase for ${config.keystore}: `)
  const fresh = !existsSync(config.keystore)
  const key = fresh
    ? await createKeystore(config.keystore, passphrase, flags.lightKey ? "light" : "standard")
    : await readKeystore(config.keystore, passphrase)
  if (!flags.json) print(`${fresh ? "Made" : "Found"} the node's key ${config.keystore}: ${key.address}`)
  const machine = await detectInventory()
  if (!flags.json) for (const line of machineLines(machine)) print(line)
  const transaction = flags.register ? await register(flags, file, key.privateKey, print) : undefined
  if (flags.json)
    print(
      JSON.stringify({
        config: file,
        dataDir: config.dataDir,
        keystore: config.keystore,
        node: key.address,
        machine,
        transaction: transaction ?? null,
      }),
    )
}

/** What may go into offers. */
function machineLines({ cpuClass, cpus, memoryBytes, gpus, gpuDetail }: Inventory): string[] {
  const own = `This machine: ${cpus} of ${cpuClass}, ${sizeText(memoryBytes)} of memory`
  if (gpus.length === 0) return [`${own}; no GPU: ${gpuDetail}`]
  return [`${own}; GPUs by class, UUID, memory:`, ...gpus.map((g) => `  ${g.gpuClass}  ${g.uuid}  ${sizeText(g.memoryBytes)}`)]
}

async function register(flags: InitFlags, file: string, nodeKey: Uint8Array, print: (line: string) => void): Promise<string | undefined> {
  if (!flags.operatorKey)
    throw new Error("--register needs --operator-key FILE: the wallet that owns this node, pays the gas and is paid for the work.")
  const config = loadConfig({ file, flags: { rpcUrl: flags.rpcUrl, deployment: flags.deployment && resolve(flags.deployment) } })
  const operator = await operatorOf(flags.operatorKey, flags.operatorPassphraseFile)
  const { address, hash } = await registerNode({
    ...placeOf(config),
    nodeKey,
    operatorKey: operator.privateKey,
    config,
    recorders: (flags.recorderAddress ?? []).map((text) => hexOf("--recorder-address", text, 20)),
    ...(flags.metadataHash ? { metadataHash: hexOf("--metadata-hash", flags.metadataHash, 32) } : {}),
  })
  if (!flags.json)
    print(
      hash
        ? `Registered ${address} for operator ${operator.address}: transaction ${hash}`
        : `${address} is registered already; its profile and offers were left as they are (berth-node publish changes them).`,
    )
  return hash
}
