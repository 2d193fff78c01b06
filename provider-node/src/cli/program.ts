import { Command } from "commander"
import type { InitFlags } from "./init.ts"
import type { LeaveFlags } from "./leave.ts"
import type { PublishFlags } from "./publish.ts"

export interface Surroundings {
  /** Writes a line for the user. */
  readonly print: (line: string) => void
  /** Resolves when the process is told to stop. */
  readonly ended: Promise<void>
}

/** Flags that override settings of the config file. */
export interface ConfigFlags {
  readonly config?: string
  readonly dataDir?: string
  readonly rpcUrl?: string
  readonly deployment?: string
  readonly passphraseFile?: string
  readonly logLevel?: string
  readonly json?: boolean
}

/** `berth-node` with all its commands. */
export function program({ print, ended }: Surroundings): Command {
  const root = new Command("berth-node").description("Rents out this machine's GPUs on Berth").version("0.1.0").showHelpAfterError()
  const withConfig = (command: Command) =>
    command
      .option("--config <file>", "the TOML config (default: BERTH_NODE_CONFIG, else the XDG config home's berth/node.toml)")
      .option("--data-dir <dir>", "journal, key and control socket")
      .option("--rpc-url <url>", "RPC endpoint of the chain")
      .option("--deployment <file>", "the deployment's JSON")
      .option("--passphrase-file <file>", "the key's passphrase")
      .option("--log-level <level>", "trace, debug, info, warn, error, fatal or silent")
      .option("--json", "machine-readable output")
  withConfig(root.command("init"))
    .description("makes the data directory, the node's key and a config to edit; with --register puts the node on chain")
    .option("--light-key", "cheap key encryption: for keys that guard nothing, such as a local chain's")
    .option("--register", "register the node's key, profile and offers, paid by --operator-key")
    .option("--operator-key <file>", "the operator's key: a V3 keystore, or 0x hex")
    .option("--operator-passphrase-file <file>", "its passphrase")
    .option("--metadata-hash <hex>", "keccak256 of the metadata that the node serves")
    .option("--recorder-address <address...>", "recorders that may anchor this node's records")
    .action(async (flags: InitFlags) => (await import("./init.ts")).init(flags, print))
  withConfig(root.command("publish"))
    .description("puts the config's profile and offers on chain, paid by the node's key, or by --operator-key")
    .option("--operator-key <file>", "the operator's key: a V3 keystore, or 0x hex")
    .option("--operator-passphrase-file <file>", "its passphrase")
    .option("--metadata-hash <hex>", "keccak256 of the metadata that the node serves (default: as it is on chain)")
    .option("--recorder-address <address...>", "recorders that may anchor this node's records (default: as they are on chain)")
    .action(async (flags: PublishFlags) => (await import("./publish.ts")).publish(flags, print))
  withConfig(root.command("start"))
    .description("serves leases until told to stop; containers outlive it and are found again")
    .action(async (flags: ConfigFlags) => (await import("./start.ts")).start(flags, print, ended))
  withConfig(root.command("status"))
    .description("asks the running node how it is")
    .action(async (flags: ConfigFlags) => (await import("./ask.ts")).showStatus(flags, print))
  withConfig(root.command("drain"))
    .description("takes no new leases; running ones go on, or with --now are stopped")
    .option("--now", "stop the running leases too")
    .action(async (flags: ConfigFlags & { now?: boolean }) =>
      (await import("./ask.ts")).drain(flags, { ask: "drain", now: flags.now ?? false }, print),
    )
  withConfig(root.command("undrain"))
    .description("takes leases again")
    .action(async (flags: ConfigFlags) => (await import("./ask.ts")).drain(flags, { ask: "undrain" }, print))
  withConfig(root.command("leave"))
    .description("takes all that is this node's out of the container engine and the firewall; key and journal stay")
    .option("--force", "also when leases still run: they are killed")
    .action(async (flags: LeaveFlags) => (await import("./leave.ts")).leave(flags, print))
  root
    .command("recorder", { hidden: false })
    .description("collects countersigned receipts, anchors their records and settles each day (see `berth-node recorder --help`)")
    .allowUnknownOption()
    .helpOption(false)
    .argument("[flags...]")
    .action(async (flags: string[]) => {
      const { recorderCommand } = await import("../recorder/command.ts")
      await recorderCommand(print, ended).parseAsync(flags, { from: "user" })
    })
  return root
}
