import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { dirname, isAbsolute, join, resolve } from "node:path"
import { CLASS_PATTERN, REGION_PATTERN, TIERS } from "@berth/protocol"
import { parse } from "smol-toml"
import { z } from "zod"

const ms = (fallback: number, what: string) => z.number().int().min(1).max(0xffffffff).default(fallback).describe(`${what}, milliseconds`)
const credits = z.union([z.number().int().nonnegative(), z.string().regex(/^\d+$/)]).transform(BigInt)

const discount = z.strictObject({
  term: z.number().int().min(1).max(366).describe("Days: a reservation of this term or a longer one"),
  bps: z.number().int().min(0).max(10_000).describe("Basis points less than pay-as-you-go all day long"),
})

const offer = z.strictObject({
  class: z.string().regex(CLASS_PATTERN).describe("GPU class, `vendor/model` in lower case; `cpu/x86-64` sells vCPUs"),
  count: z.number().int().min(1).max(0xffff).describe("Units sold: GPUs, or vCPUs"),
  price: credits.describe("Credits (1e-6 USD) per unit and hour"),
  devices: z.array(z.string()).default([]).describe("UUIDs of the GPUs, `GPU-...`: one a unit; empty for the CPU class"),
  vramMiB: z.number().int().nonnegative().default(0).describe("Memory of one device, MiB"),
  memoryMiB: z.number().int().min(16).default(1024).describe("Main memory that a lease gets for each unit, MiB"),
  cpus: z.number().positive().optional().describe("CPUs that a lease gets for each unit; default: 1 of the CPU class, 4 a GPU"),
  discounts: z
    .array(discount)
    .max(8)
    .default([])
    .refine((all) => all.every((d, i) => i === 0 || d.term > all[i - 1]!.term), { message: "terms must rise, each named once" })
    .describe(
      "What reservations cost less, by term: `{ term = 30, bps = 1000 }` takes 10 % off from 30 days on; terms ascending, at most 8",
    ),
})

const basisPoints = z.number().int().min(0).max(10_000)
const bps = (fallback: number, what: string) => basisPoints.default(fallback).describe(`${what}, basis points`)

const reservations = z.strictObject({
  enabled: z.boolean().default(false).describe("Quote reservations"),
  collateralBps: bps(1_000, "Collateral of a day, of its price: locked out of the node's lockable stake, lost for days not served"),
  cancelFeeBps: bps(2_500, "Kept of the days left when the holder cancels alone"),
  agreedCancelBps: basisPoints
    .optional()
    .describe("Kept of the days left when a holder asks to cancel by agreement, basis points; unset: no such agreement"),
  claimPeriodDays: z.number().int().min(8).max(38).default(8).describe("Days after a day's end in which it can be claimed"),
  maxTermDays: z.number().int().min(1).max(366).default(366).describe("Longest term, days"),
  quoteSeconds: z.number().int().min(10).max(86_400).default(900).describe("How long a reservation's quote binds"),
  claimEveryDays: z
    .number()
    .int()
    .min(1)
    .max(30)
    .default(7)
    .describe("Post claims when the oldest day is so long ago; before their deadline anyway"),
  serveAnyway: z
    .array(z.string().regex(/^0x[0-9a-fA-F]{64}$/, "must be a reservation's id: 0x and 64 hex digits"))
    .max(1_000)
    .default([])
    .describe("Ids of reservations to serve although days of theirs that were served are denied"),
})

const standingOrders = z.strictObject({
  claimMin: credits.default(10_000n).describe("Least that a claim under a tab's standing order must bring to be worth its gas, credits"),
})

const disk = z.strictObject({
  leaseLimitBytes: z
    .number()
    .int()
    .positive()
    .default(20 * 1024 ** 3)
    .describe("Most that a lease may keep on the disk (its container's layer and volumes, /out too): one that has more is stopped"),
  floorBytes: z
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe(
      "Free space below which no lease is let in and no image pulled; below half of it leases are frozen and whoever keeps the most is ended; default: 10 GiB or 5 % of the file system, whichever is smaller",
    ),
  unusedImageDays: z
    .number()
    .nonnegative()
    .max(3_650)
    .default(7)
    .describe("Images that this node pulled are removed when no lease has used them for so many days"),
})

const fields = {
  rpcUrl: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe("RPC endpoint of the chain, or several in the order of preference (http, https, ws, wss); default: the deployment's"),
  deployment: z
    .string()
    .describe("Path of the deployment's JSON: chainId, berth, computeRecords, reserve, reservations, verifiers, startBlock"),
  dataDir: z.string().describe("Where the journal, the key and the control socket are; default: XDG data home"),
  keystore: z.string().default("node-key.json").describe("The node's key, Web3 Secret Storage V3; relative to dataDir"),
  passphraseFile: z.string().optional().describe("File with the key's passphrase; without it `start` asks"),
  listen: z.array(z.string()).default(["/ip4/0.0.0.0/tcp/9001", "/ip4/0.0.0.0/tcp/9002/ws"]).describe("Multiaddrs to listen on"),
  announce: z.array(z.string()).default([]).describe("Multiaddrs to tell others instead of the ones listened on"),
  engineSocket: z.string().default("/var/run/docker.sock").describe("Socket of Docker or Podman"),
  instance: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
    .optional()
    .describe("Label of this node's containers: it finds its own after a restart and only those; default: made from the node's address"),
  offers: z.array(offer).default([]).describe("What this node sells"),
  disk: disk.prefault({}).describe("What leases and their images may take of the disk"),
  reservations: reservations.prefault({}).describe("GPUs for a term of days, prepaid at a discount"),
  standingOrders: standingOrders.prefault({}).describe("Tabs that allow this node to claim by itself"),
  tier: z.enum(TIERS).default("individual"),
  region: z.string().regex(REGION_PATTERN).default("ZZ").describe("ISO 3166 code and optional city"),
  windowMs: ms(60_000, "A window: a newcomer pays one ahead to a node with stake of 100 of them, at most 10 s to any other"),
  pauseMs: ms(
    60_000,
    "A known tenant's lease is paused after this long without a countersignature, and before it has worked for so long unsigned: the most that you can lose to a known tenant",
  ),
  stopMs: ms(900_000, "A lease is stopped after this long without a countersignature"),
  idleMs: ms(900_000, "A lease without any activity for this long is ended"),
  knownAfterWindows: z
    .number()
    .int()
    .min(0)
    .default(100)
    .describe("A tenant that settled this many windows with the operator is known and pays nothing ahead"),
  quoteSeconds: z.number().int().min(10).max(3_600).default(300).describe("How long a quote binds"),
  pullLimitBytes: z
    .number()
    .int()
    .positive()
    .default(20 * 1024 ** 3)
    .describe("Largest image that is pulled"),
  localRegistries: z
    .array(z.string().regex(/^[a-zA-Z0-9.-]+(:\d+)?$/, "must be host or host:port, as image names begin"))
    .default([])
    .describe(
      "Registries in your own network that tenants may have images from: `host` (all its ports) or `host:port`, as image names begin",
    ),
  pullDeadlineMs: ms(1_800_000, "Longest pull"),
  retentionSeconds: z
    .number()
    .int()
    .min(0)
    .max(0xffffffff)
    .default(86_400)
    .describe("How long container and volume are kept after the end"),
  stopGraceMs: ms(10_000, "From the stop signal to SIGKILL"),
  recorders: z.array(z.string()).default([]).describe("Multiaddrs of recorders, with /p2p/"),
  confirmations: z.number().int().min(0).max(64).default(2).describe("Blocks under the head at which tabs are read; 0 on a local chain"),
  chainPollMs: ms(1_000, "How often the chain's head is asked for"),
  paceMs: ms(2_000, "Shortest time between two receipts of a tab"),
  paceMaxMs: ms(10_000, "Longest time to a receipt when there is something to say"),
  sampleMs: ms(220, "How often use is sampled"),
  maxConnections: z.number().int().min(2).max(10_000).default(300),
  maxTabs: z.number().int().min(1).default(1_000).describe("Tabs with open receipt streams"),
  metricsPort: z.number().int().min(0).max(65_535).optional().describe("Prometheus text on 127.0.0.1; 0 = any free port; unset = none"),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
}

/** The node's settings. Its JSON Schema is published as provider-node/config.schema.json. */
export const configSchema = z
  .strictObject(fields)
  .refine((c) => c.pauseMs <= c.stopMs, { message: "pauseMs must not be above stopMs", path: ["pauseMs"] })
  .refine((c) => c.offers.every((o) => o.devices.length === 0 || o.devices.length === o.count), {
    message: "an offer with devices needs exactly one UUID a unit",
    path: ["offers"],
  })
  // Its meter would see the CPU alone, and bill a GPU by that.
  .refine((c) => c.offers.every((o) => o.class.startsWith("cpu/")), {
    message: "the activity of GPUs can't be metered yet, so only the class cpu/x86-64 can be offered",
    path: ["offers"],
  })

/** A node's settings, complete: defaults filled in, paths absolute. */
export type NodeConfig = Omit<z.output<typeof configSchema>, "rpcUrl"> & {
  /** Empty: the deployment's own. */
  readonly rpcUrls: readonly string[]
}
/** What a node sells of one class, as configured. */
export type OfferConfig = NodeConfig["offers"][number]

/** The label by which a node knows what is its own in an engine. */
export const instanceOf = ({ instance }: Pick<NodeConfig, "instance">, node: string): string => instance ?? `node-${node.slice(2, 14)}`

/** Where things are by the XDG rules, for a profile's instance name. */
export function standardPaths(env: NodeJS.ProcessEnv = process.env) {
  const home = homedir()
  return {
    config: join(env.XDG_CONFIG_HOME || join(home, ".config"), "berth", "node.toml"),
    data: join(env.XDG_DATA_HOME || join(home, ".local", "share"), "berth", "node"),
  }
}

/** Where settings come from. */
export interface ConfigSources {
  /** The TOML file; without it BERTH_NODE_CONFIG, else the standard path if it is there. */
  readonly file?: string | undefined
  /** Settings from the command line: they win over env, which wins over the file. */
  readonly flags?: Readonly<Record<string, unknown>>
  readonly env?: NodeJS.ProcessEnv
}

/**
 * Puts a node's settings together: flags over environment over file over defaults.
 * @throws Error naming the setting, what is wrong with it and where it came from.
 */
export function loadConfig({ file, flags = {}, env = process.env }: ConfigSources = {}): NodeConfig {
  const standard = standardPaths(env)
  const path = file ?? env.BERTH_NODE_CONFIG ?? standard.config
  const text = readOptional(path, file !== undefined || env.BERTH_NODE_CONFIG !== undefined)
  const base = text === undefined ? process.cwd() : dirname(resolve(path))
  const merged = { dataDir: standard.data, ...tomlOf(text ?? "", path), ...fromEnv(env), ...defined(flags) }
  const parsed = configSchema.safeParse(merged)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    if (text === undefined && issue.path[0] === "deployment")
      throw new Error(`There is no config at ${path}. Make one with \`berth-node init\`, or name yours with --config FILE.`)
    throw new Error(
      `Setting "${issue.path.join(".")}": ${issue.message}. See ${path}, BERTH_NODE_* and the flags; every setting is in config.schema.json.`,
    )
  }
  const { rpcUrl, ...config } = parsed.data
  const dataDir = absolute(base, config.dataDir)
  return {
    ...config,
    rpcUrls: rpcUrl === undefined ? [] : [rpcUrl].flat(),
    dataDir,
    deployment: absolute(base, config.deployment),
    keystore: absolute(dataDir, config.keystore),
    ...(config.passphraseFile === undefined ? {} : { passphraseFile: absolute(base, config.passphraseFile) }),
  }
}

/** BERTH_NODE_RPC_URL -> rpcUrl. Lists and objects are JSON. */
function fromEnv(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const name of Object.keys(fields)) {
    const variable = `BERTH_NODE_${name.replace(/[A-Z]+/g, (c) => `_${c}`).toUpperCase()}`
    const value = env[variable]
    if (value === undefined) continue
    found[name] = /^[[{]|^-?\d+$/.test(value) ? jsonOf(variable, value) : value
  }
  return found
}

function jsonOf(variable: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${variable} is no number, list or table in JSON: ${(cause as Error).message}`, { cause })
  }
}

function tomlOf(text: string, path: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (cause) {
    throw new Error(`${path} is not valid TOML: ${(cause as Error).message}`, { cause })
  }
}

function readOptional(path: string, needed: boolean): string | undefined {
  try {
    return readFileSync(path, "utf8")
  } catch (cause) {
    if (!needed && (cause as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw new Error(`Can't read the config file ${path}. Run \`berth-node init\` to make one.`, { cause })
  }
}

const absolute = (base: string, path: string): string => (isAbsolute(path) ? path : resolve(base, path))
const defined = (values: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined))

/** The JSON Schema of the TOML file, as published in config.schema.json. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" })
  return `${JSON.stringify({ title: "berth-node", ...schema }, null, 2)}\n`
}
