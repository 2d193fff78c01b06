import { resolve } from "node:path"
import { loadConfig, type NodeConfig } from "../config.ts"
import type { ConfigFlags } from "./program.ts"

/** The config with the command line's flags over it. Paths on the command line are relative to where it was typed. */
export function configOf(flags: ConfigFlags): NodeConfig {
  const path = (value: string | undefined) => (value === undefined ? undefined : resolve(value))
  return loadConfig({
    file: flags.config,
    flags: {
      dataDir: path(flags.dataDir),
      deployment: path(flags.deployment),
      passphraseFile: path(flags.passphraseFile),
      rpcUrl: flags.rpcUrl,
      logLevel: flags.logLevel,
    },
  })
}
