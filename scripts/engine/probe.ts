import { callEngine } from "./api.ts"

/** What answered on a socket: proof that a container engine lives there, not just that a file exists. */
export interface EngineVersion {
  readonly name: string
  readonly version: string
  readonly apiVersion: string
}

/** Asks the engine behind a unix socket who it is. Rejects when it does not answer in time, whatever the reason. */
export async function probeEngine(socketPath: string, timeoutMs = 3_000): Promise<EngineVersion> {
  await callEngine({ socketPath, path: "/_ping", timeoutMs })
  const version = JSON.parse(await callEngine({ socketPath, path: "/version", timeoutMs })) as {
    Version?: string
    ApiVersion?: string
    Components?: { Name?: string }[]
  }
  if (!version.ApiVersion) throw new Error(`${socketPath} answers, but not as a container engine`)
  return { name: version.Components?.[0]?.Name ?? "Engine", version: version.Version ?? "unknown", apiVersion: version.ApiVersion }
}
