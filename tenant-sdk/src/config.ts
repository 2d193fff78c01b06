import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { isAbsolute, join, resolve } from "node:path"
import { BerthError } from "./errors.ts"

/** What may be given on the command line. */
export interface ConfigFlags {
  readonly profile?: string | undefined
  readonly rpc?: string | undefined
  readonly deployment?: string | undefined
  readonly passphraseFile?: string | undefined
}

/** Where a profile's things lie. Flags before environment before config file before defaults; the file is read only when it is needed. */
export interface Config {
  readonly profile: string
  readonly configFile: string
  readonly walletFile: string
  /** V3 keystore of the profile's own secret. */
  readonly agentKeyFile: string
  readonly store: string
  readonly logFile: string
  readonly socket: string
  readonly rpc: string | undefined
  readonly deployment: string | undefined
  readonly passphraseFile: string | undefined
  /** Milliseconds without work after which a resident agent ends. */
  readonly idleMs: number
  /** Milliseconds between two looks at the nodes of reservations; undefined: the usual. */
  readonly lookMs: number | undefined
  /** For an agent that is started: the caller's environment, and what this checkout's local market adds to it. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

const IDLE_MS = 10 * 60_000
/** A longer timer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1
/** sun_path holds 108 bytes on Linux, 104 elsewhere. */
const MAX_SOCKET_PATH = 100

/**
 * The one place that reads the environment: BERTH_HOME (one folder for everything, else XDG's), BERTH_PROFILE, BERTH_RPC, BERTH_DEPLOYMENT,
 * BERTH_PASSPHRASE_FILE, BERTH_IDLE_MS, BERTH_LOOK_MS, and systemd's CREDENTIALS_DIRECTORY (a credential `berth-passphrase`).
 */
export function loadConfig(flags: ConfigFlags = {}): Config {
  const env = { ...localMarket(flags), ...process.env }
  const profile = flags.profile ?? env.BERTH_PROFILE ?? "default"
  const xdg = (name: string, fallback: string) => {
    const base = env.BERTH_HOME ?? (env[name] && isAbsolute(env[name]) ? join(env[name], "berth") : join(homedir(), fallback, "berth"))
    return join(resolve(base), profile)
  }
  const configDir = xdg("XDG_CONFIG_HOME", ".config")
  const stateDir = xdg("XDG_STATE_HOME", ".local/state")
  const deployment = flags.deployment ?? env.BERTH_DEPLOYMENT
  const credential = env.CREDENTIALS_DIRECTORY && join(env.CREDENTIALS_DIRECTORY, "berth-passphrase")
  return {
    profile,
    configFile: join(configDir, "config.toml"),
    walletFile: join(configDir, "wallet.json"),
    agentKeyFile: join(configDir, "agent.json"),
    store: join(stateDir, "agent.db"),
    logFile: join(stateDir, "agent.log"),
    socket: socketPath(stateDir),
    rpc: flags.rpc ?? env.BERTH_RPC,
    deployment: deployment && resolve(deployment),
    passphraseFile: flags.passphraseFile ?? env.BERTH_PASSPHRASE_FILE ?? credential,
    idleMs: millisecondsOf("BERTH_IDLE_MS", env.BERTH_IDLE_MS) ?? IDLE_MS,
    lookMs: millisecondsOf("BERTH_LOOK_MS", env.BERTH_LOOK_MS),
    environment: env,
  }
}

function millisecondsOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined
  const ms = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (ms >= 1 && ms <= MAX_TIMER_MS) return ms
  throw new BerthError("usage", `${name} is "${text}", and must be milliseconds: a whole number from 1 to ${MAX_TIMER_MS}`)
}

/** A variable of the caller's environment: `berth run -e NAME` hands it on, as docker does. */
export function environmentOf(name: string): string | undefined {
  return process.env[name]
}

/**
 * While `npm start` runs in the checkout that this program lies in, its tenant is who `npx berth` is, unless a profile or a market is named.
 * Found by the program's own place, never by the working directory: no stranger's folder can put itself in between.
 */
function localMarket(flags: ConfigFlags): Record<string, string> {
  const { BERTH_HOME, BERTH_PROFILE, BERTH_DEPLOYMENT } = process.env
  if (flags.profile || flags.deployment || BERTH_HOME || BERTH_PROFILE || BERTH_DEPLOYMENT) return {}
  try {
    return JSON.parse(readFileSync(join(import.meta.dirname, "../../.berth/local-market.json"), "utf8"))
  } catch {
    // The usual case: no market of our own runs, or this is no checkout.
    return {}
  }
}

function socketPath(stateDir: string): string {
  const path = join(stateDir, "agent.sock")
  if (path.length <= MAX_SOCKET_PATH) return path
  const name = createHash("sha256").update(stateDir).digest("hex").slice(0, 16)
  return join(tmpdir(), `berth-${process.getuid?.() ?? 0}`, `${name}.sock`)
}
