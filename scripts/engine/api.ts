import { request } from "node:http"
import type { Readable } from "node:stream"

export interface EngineCall {
  readonly socketPath: string
  readonly method?: "GET" | "POST" | "PUT" | "DELETE"
  /** With its query. */
  readonly path: string
  readonly json?: unknown
  readonly tar?: Readable
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
}

/** One call of the Engine API over its unix socket; rejects with the engine's own message on any status from 400 up. */
export function callEngine(call: EngineCall): Promise<string> {
  const { socketPath, method = "GET", path, json, tar, timeoutMs = 120_000 } = call
  const type =
    json !== undefined ? { "content-type": "application/json" } : tar !== undefined ? { "content-type": "application/x-tar" } : {}
  return new Promise((resolve, reject) => {
    const headers = { ...type, ...call.headers }
    const sent = request({ socketPath, method, path, headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let body = ""
      response.setEncoding("utf8")
      response.on("data", (text: string) => {
        body += text
      })
      response.on("error", reject)
      response.on("end", () => {
        if ((response.statusCode ?? 500) < 400) resolve(body)
        else
          reject(
            Object.assign(new Error(`Engine: ${method} ${path} answered ${response.statusCode}: ${messageOf(body)}`), {
              status: response.statusCode,
            }),
          )
      })
    })
    sent.on("error", reject)
    if (tar !== undefined) tar.on("error", (error) => sent.destroy(error)).pipe(sent)
    else sent.end(json === undefined ? undefined : JSON.stringify(json))
  })
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body
  } catch {
    return body.slice(0, 300)
  }
}

/** The last words of a pull, push or import: such a stream answers 200 and tells of a failure inside. */
export function checkStream(body: string): string {
  let last = ""
  for (const line of body.trim().split("\n")) {
    const message = JSON.parse(line) as { error?: string; status?: string }
    if (message.error) throw new Error(`Engine: ${message.error}`)
    last = message.status ?? last
  }
  return last
}
