import { createHash } from "node:crypto"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** Where this checkout's local market keeps its things. */
export interface Places {
  /** Names this checkout's containers, and no other's. */
  readonly label: string
  /** Wiped at each start: the chain is a new one too. */
  readonly state: string
  /** Images and containers of a dockerd of our own. */
  readonly engine: string
  /** A short path: Unix sockets take about a hundred bytes. */
  readonly sockets: string
  readonly log: string
  readonly result: string
  readonly passphraseFile: string
  readonly berth: string
  readonly berthNode: string
  readonly tenantEnv: Readonly<Record<string, string>>
  /** An empty home, for the audit. */
  readonly stranger: string
  /** Tells `npx berth` inside the checkout which market and profile to use while this one runs. */
  readonly localMarket: string
}

export function places(): Places {
  const label = `start-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`
  const base = join(root, ".berth")
  const state = join(base, "start")
  const sockets = join(tmpdir(), `berth-${label}`)
  const home = join(state, "tenant")
  const passphraseFile = join(state, "passphrase")
  return {
    label,
    state,
    engine: process.env.BERTH_ENGINE_DIR ?? join(base, "engine"),
    sockets,
    log: join(base, "start.log"),
    result: join(root, "berth-result"),
    passphraseFile,
    berth: join(root, "tenant-sdk/bin/berth.mjs"),
    berthNode: join(root, "provider-node/bin/berth-node.mjs"),
    tenantEnv: {
      BERTH_HOME: home,
      BERTH_DEPLOYMENT: join(state, "deployment.json"),
      BERTH_PASSPHRASE_FILE: passphraseFile,
      BERTH_IDLE_MS: String(24 * 3_600_000),
    },
    stranger: join(state, "stranger"),
    localMarket: join(base, "local-market.json"),
  }
}

/** Empties what a former run left. Its processes and containers must be gone already. */
export function clearPlaces(p: Places): void {
  for (const dir of [p.state, p.sockets, p.result]) rmSync(dir, { recursive: true, force: true })
  for (const dir of [p.state, p.sockets, p.stranger]) mkdirSync(dir, { recursive: true, mode: 0o700 })
  writeFileSync(p.passphraseFile, "local\n", { mode: 0o600 })
}
