import { setTimeout as sleep } from "node:timers/promises"
import { connectAgent } from "@berth/sdk"

const PATIENCE_MS = 15_000

/**
 * Ends the local tenant's agent if one still listens: not ours, which the process list knows, but one that `npx berth` started because ours had
 * been ended. Needs the tenant's environment.
 */
export async function endStrayAgent(): Promise<void> {
  const agent = await connectAgent().catch(() => undefined)
  if (!agent) return
  const { pid } = await agent.info()
  await agent.shutdown().catch(() => {})
  agent.disconnect()
  const deadline = Date.now() + PATIENCE_MS
  while (runs(pid) && Date.now() < deadline) await sleep(50)
  if (runs(pid)) process.kill(pid, "SIGKILL")
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
