import { publishNode } from "../chain/publish.ts"
import { readKeystore } from "../keystore.ts"
import { configOf } from "./flags.ts"
import { hexOf, operatorOf, placeOf } from "./on-chain.ts"
import { passphraseOf } from "./passphrase.ts"
import type { ConfigFlags } from "./program.ts"

export interface PublishFlags extends ConfigFlags {
  readonly operatorKey?: string
  readonly operatorPassphraseFile?: string
  readonly metadataHash?: string
  readonly recorderAddress?: string[]
}

/** `berth-node publish`: what tenants see on chain becomes what the config says. The same again sends nothing. */
export async function publish(flags: PublishFlags, print: (line: string) => void): Promise<void> {
  const config = configOf(flags)
  const passphrase = await passphraseOf(config.passphraseFile, `Passphrase for ${config.keystore}: `)
  const node = await readKeystore(config.keystore, passphrase)
  const sender = flags.operatorKey ? await operatorOf(flags.operatorKey, flags.operatorPassphraseFile) : node
  const { changed, hash } = await publishNode({
    ...placeOf(config),
    nodeKey: node.privateKey,
    senderKey: sender.privateKey,
    config,
    recorders: flags.recorderAddress?.map((text) => hexOf("--recorder-address", text, 20)),
    metadataHash: flags.metadataHash === undefined ? undefined : hexOf("--metadata-hash", flags.metadataHash, 32),
  })
  if (flags.json) return print(JSON.stringify({ node: node.address, changed, transaction: hash ?? null }))
  print(
    hash ? `Published ${changed.join(" and ")} of ${node.address}: transaction ${hash}` : `${node.address} is on chain as the config says.`,
  )
}
