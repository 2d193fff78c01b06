import { chmodSync } from "node:fs"
import { createServer, request } from "node:http"
import { hostsOnly } from "@berth/protocol/hosts-only"
import type { Logger } from "./log.ts"
import type { RecorderStatus } from "./recorder.ts"
import type { SettleReport } from "./settling.ts"

/** Linux and macOS take no longer path for a Unix socket. */
const MAX_SOCKET_PATH = 103

export interface AdminServer {
  close(): Promise<void>
}

export interface AdminActions {
  readonly status: () => RecorderStatus
  readonly settleNow: (all: boolean) => Promise<SettleReport>
}

/**
 * HTTP on a Unix socket that only its owner can open: GET /status, GET /metrics (Prometheus), POST /settle (waits until it is mined),
 * POST /settle?all (the running day too).
 */
export async function serveAdmin(path: string, actions: AdminActions, log: Logger): Promise<AdminServer> {
  if (path.length > MAX_SOCKET_PATH)
    throw new Error(`the socket's path is longer than ${MAX_SOCKET_PATH} bytes: ${path}. Choose a shorter one with --socket`)
  const server = createServer(async (req, res) => {
    try {
      const { status, type, body } = await route(`${req.method} ${req.url}`, actions)
      res.writeHead(status, { "content-type": type }).end(body)
    } catch (error) {
      const reason = hostsOnly((error as Error).message)
      log.warn({ url: req.url, reason }, "an admin request failed")
      res.writeHead(500, { "content-type": "application/json" }).end(json({ error: reason }))
    }
  })
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve))
  chmodSync(path, 0o600)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Asks a running recorder. @throws Error when none listens there, or with its own message */
export function askRecorder<T>(path: string, method: "GET" | "POST", url: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const req = request({ socketPath: path, method, path: url }, (res) => {
      let text = ""
      res.on("data", (data) => {
        text += data
      })
      res.on("end", () => {
        const answer = JSON.parse(text)
        if (res.statusCode === 200) resolve(answer)
        else reject(new Error(`the recorder answered: ${answer.error}`))
      })
    })
    req.on("error", (cause) => reject(new Error(`no recorder listens on ${path}: start one with "berth-node recorder"`, { cause })))
    req.end()
  })
}

async function route(line: string, { status, settleNow }: AdminActions): Promise<{ status: number; type: string; body: string }> {
  const ok = (body: unknown) => ({ status: 200, type: "application/json", body: json(body) })
  if (line === "GET /status") return ok(status())
  if (line === "GET /metrics") return { status: 200, type: "text/plain; version=0.0.4", body: metrics(status()) }
  if (line === "POST /settle") return ok(await settleNow(false))
  if (line === "POST /settle?all") return ok(await settleNow(true))
  return { status: 404, type: "application/json", body: json({ error: `there is no ${line}` }) }
}

function metrics(s: RecorderStatus): string {
  const rows: [string, number][] = [
    ["berth_recorder_block", s.block],
    ["berth_recorder_lag_ms", s.lagMs ?? -1],
    ["berth_recorder_receipts_accepted_total", s.receipts.accepted],
    ["berth_recorder_receipts_rejected_total", s.receipts.rejected],
    ["berth_recorder_entries_waiting", s.entriesWaiting],
    ["berth_recorder_statements_open", s.statementsOpen],
    ["berth_recorder_transactions_pending", s.transactionsPending],
    ["berth_recorder_anchors_total", s.anchors],
    ["berth_recorder_settlements_total", s.settlements],
  ]
  return rows.map(([name, value]) => `${name} ${value}\n`).join("")
}

function json(value: unknown): string {
  return `${JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `${v}` : v))}\n`
}
