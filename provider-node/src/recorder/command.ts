import { existsSync, mkdirSync, readFileSync } from "node:fs"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { Command } from "commander"
import { createKeystore, readKeystore, readPassphrase } from "../keystore.ts"
import { createLog } from "../log.ts"
import { askRecorder } from "./admin.ts"
import { deploymentSchema, type RecorderInput, recorderOptionsSchema } from "./options.ts"
import { type RecorderStatus, runRecorder } from "./recorder.ts"
import type { SettleReport } from "./settling.ts"
import type { OnStep } from "./steps.ts"

interface Flags {
  deployment?: string
  rpc?: string
  stateDir: string
  socket?: string
  keystore?: string
  passphraseFile?: string
  listen?: string[]
  announce?: string[]
  pollMs?: string
  confirmations?: string
  maxAnchorBytes?: string
  settleDelay?: string
  minPaid?: string
  autoSettle: boolean
  onlyNamed?: boolean
  logLevel: string
  settleNow?: boolean
  all?: boolean
  status?: boolean
  json?: boolean
}

/**
 * `berth-node recorder`: runs one, or asks the one that runs (`--status`, `--settle-now`).
 * @param print writes one line for the user
 * @param ended resolves when the process is told to stop
 * @param onStep for fault tests
 */
export function recorderCommand(print: (line: string) => void, ended: Promise<unknown>, onStep?: OnStep): Command {
  return new Command("recorder")
    .description("collects countersigned receipts, anchors their records and settles each day")
    .option("--deployment <file>", "the deployment's JSON")
    .option("--rpc <url>", "RPC to use instead of the deployment's")
    .option("--state-dir <dir>", "store and admin socket", join(homedir(), ".local", "share", "berth", "recorder"))
    .option("--socket <path>", "admin socket (default: recorder.sock in the state dir)")
    .option(
      "--keystore <file>",
      "V3 key file: pays gas and is the libp2p identity; made when it is not there (default: key.json in the state dir)",
    )
    .option("--passphrase-file <file>", "the key file's passphrase")
    .option("--listen <multiaddr...>", "addresses to listen on")
    .option("--announce <multiaddr...>", "addresses to tell others")
    .option("--poll-ms <ms>", "how often the chain is asked for a new block")
    .option("--confirmations <n>", "blocks until a transaction counts")
    .option("--max-anchor-bytes <n>", "calldata of one anchor")
    .option("--settle-delay <seconds>", "chain time after midnight before a day is settled")
    .option("--min-paid <credits>", "lines that pay less wait for the next day")
    .option("--no-auto-settle", "settle only when asked")
    .option("--only-named", "take receipts only of nodes that named this recorder")
    .option("--log-level <level>", "pino level", "info")
    .option("--settle-now", "ask the running recorder to settle all days that are over, and wait")
    .option("--all", "with --settle-now: the running day too")
    .option("--status", "ask the running recorder how it is")
    .option("--json", "answer in JSON")
    .action(async (flags: Flags) => {
      const socket = flags.socket ?? join(flags.stateDir, "recorder.sock")
      if (flags.status) return print(statusText(await askRecorder<RecorderStatus>(socket, "GET", "/status"), flags.json))
      if (flags.settleNow)
        return print(reportText(await askRecorder<SettleReport>(socket, "POST", flags.all ? "/settle?all" : "/settle"), flags.json))
      await serve(flags, ended, onStep)
    })
}

async function serve(flags: Flags, ended: Promise<unknown>, onStep?: OnStep): Promise<void> {
  const keystore = flags.keystore ?? join(flags.stateDir, "key.json")
  if (!flags.deployment) throw new Error("which deployment? Give --deployment FILE")
  if (!flags.passphraseFile) throw new Error(`the passphrase of ${keystore}? Give --passphrase-file FILE`)
  const passphrase = await readPassphrase(flags.passphraseFile)
  const log = createLog({ name: "recorder", level: flags.logLevel }, 1)
  const fresh = !existsSync(keystore)
  if (fresh) mkdirSync(dirname(keystore), { recursive: true, mode: 0o700 })
  const key = await (fresh ? createKeystore(keystore, passphrase) : readKeystore(keystore, passphrase))
  if (fresh) log.info({ recorder: key.address, keystore }, "made the recorder's key: send its address some of the chain's currency for gas")
  const recorder = await runRecorder(inputOf(flags), key.privateKey, log, onStep)
  await Promise.race([ended, recorder.stopped])
  await recorder.stop()
}

function inputOf(flags: Flags): RecorderInput {
  const deployment = deploymentSchema.parse(JSON.parse(readFileSync(flags.deployment!, "utf8")))
  const numbers = {
    pollMs: flags.pollMs,
    confirmations: flags.confirmations,
    maxAnchorBytes: flags.maxAnchorBytes,
    settleDelay: flags.settleDelay,
    minPaid: flags.minPaid,
  }
  const texts = { rpcUrl: flags.rpc, socket: flags.socket, listen: flags.listen, announce: flags.announce, onlyNamed: flags.onlyNamed }
  const input = {
    deployment,
    stateDir: flags.stateDir,
    autoSettle: flags.autoSettle,
    ...Object.fromEntries(Object.entries(texts).filter(([, v]) => v !== undefined)),
    ...Object.fromEntries(Object.entries(numbers).flatMap(([k, v]) => (v === undefined ? [] : [[k, wholeOf(k, v)]]))),
  }
  const issue = recorderOptionsSchema.safeParse(input).error?.issues[0]
  if (issue) throw new Error(`${flagOf(String(issue.path[0]))}: ${issue.message}`)
  return input
}

/** Digits and nothing else: `Number` takes "" for 0 and "0x10" for 16. */
function wholeOf(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new Error(`${flagOf(name)}: "${text}" is not a whole number`)
}

/** `pollMs` -> `--poll-ms` */
const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`

function statusText(s: RecorderStatus, json?: boolean): string {
  if (json) return JSON.stringify(s)
  return [
    `recorder ${s.recorder} on chain ${s.chainId}, block ${s.block}, last read ${s.lagMs} ms ago${s.lastError ? `: ${s.lastError}` : ""}`,
    `receipts: ${s.receipts.accepted} taken, ${s.receipts.rejected} refused; ${s.entriesWaiting} wait for an anchor; ${s.statementsOpen} statements to settle`,
    `transactions: ${s.anchors} anchors, ${s.settlements} settlements, ${s.transactionsPending} under way`,
    ...s.addresses,
  ].join("\n")
}

function reportText(r: SettleReport, json?: boolean): string {
  if (json) return JSON.stringify(r)
  const left = Object.entries(r.leftOut).map(([fate, n]) => `${n} ${fate}`)
  return [
    `${r.lines} lines settled in ${r.transactions.length} transactions${left.length ? `; left out: ${left.join(", ")}` : ""}`,
    ...r.transactions.map((t) => `${t.hash}  block ${t.block}  ${t.items} lines  ${t.gasUsed} gas  ${t.bytes} bytes`),
  ].join("\n")
}
