import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { PublicClient } from "viem"

/** Drops the journal when it is of another local chain: each starts anew under the same id. */
export async function ofThisChain(client: PublicClient, journalDir: string): Promise<void> {
  const { instanceId } = (await client.request({ method: "hardhat_metadata" } as never)) as { instanceId: string }
  const file = join(journalDir, "instance")
  if (existsSync(file) && readFileSync(file, "utf8") === instanceId) return
  rmSync(journalDir, { recursive: true, force: true })
  mkdirSync(journalDir, { recursive: true })
  writeFileSync(file, instanceId)
}
