import { existsSync } from "node:fs"
import { join } from "node:path"
import { readDeployment } from "../chain/deployment.ts"
import { instanceOf, type NodeConfig } from "../config.ts"
import { readKeystore } from "../keystore.ts"
import { lockDirectory } from "../lock.ts"
import { DockerRunner } from "../runner/docker/docker-runner.ts"
import { ImageStore } from "../store/image-store.ts"
import { Journal } from "../store/journal.ts"
import { configOf } from "./flags.ts"
import { passphraseOf } from "./passphrase.ts"
import type { ConfigFlags } from "./program.ts"

export interface LeaveFlags extends ConfigFlags {
  readonly force?: boolean
}

/**
 * `berth-node leave`: the engine and the firewall forget this node. Its key and its journal, in which what was signed and is not paid yet stands, stay.
 * @throws TryAgain while the node runs; Error when leases run and it was not forced
 */
export async function leave(flags: LeaveFlags, print: (line: string) => void): Promise<void> {
  const config = configOf(flags)
  if (!existsSync(config.dataDir))
    throw new Error(`There is no data directory ${config.dataDir}. Name the node's with --config or --data-dir.`)
  const unlock = lockDirectory(config.dataDir, "node")
  try {
    const instance = await ownInstance(config)
    const runner = new DockerRunner({ socketPath: config.engineSocket, instance })
    const running = (await runner.list()).filter(({ state }) => state.status === "running" || state.status === "paused")
    if (running.length > 0 && !flags.force)
      throw new Error(
        `${running.length} leases still run (${running.map((l) => l.leaseId.slice(0, 12)).join(", ")}). Start the node and end them with \`berth-node drain --now\`, so that they are billed to their end, or kill them with --force.`,
      )
    const left = await runner.leave()
    const images = await removeImages(config, runner)
    if (flags.json) return print(JSON.stringify({ instance, ...left, images }))
    print(
      `Removed ${left.containers} containers, ${left.volumes} volumes, ${images} images, the network and the firewall rules of ${instance}.`,
    )
    print(`Key and journal stay in ${config.dataDir}: keep them until everything is paid.`)
  } finally {
    unlock()
  }
}

async function ownInstance(config: NodeConfig): Promise<string> {
  if (config.instance !== undefined) return config.instance
  const key = await readKeystore(config.keystore, await passphraseOf(config.passphraseFile, `Passphrase of ${config.keystore}: `))
  return instanceOf(config, key.address)
}

/** Those that this node has pulled and nobody else uses or has named. @returns how many */
async function removeImages(config: NodeConfig, runner: DockerRunner): Promise<number> {
  const file = join(config.dataDir, "journal.sqlite")
  if (!existsSync(file)) return 0
  const { chainId, berth } = readDeployment(config.deployment)
  const journal = new Journal(file, { chainId, contract: berth })
  try {
    const images = new ImageStore(journal)
    let removed = 0
    for (const image of images.all()) {
      if (!(await runner.removeImage(image))) continue
      images.forget(image.id)
      removed++
    }
    return removed
  } finally {
    journal.close()
  }
}
