import type { BerthClient } from "../client.ts"
import { asBerthError } from "../errors.ts"
import type { P2pHost } from "../p2p/host.ts"

/** Milliseconds between two looks for new addresses, however many nodes can't be reached. */
const LOOK_EVERY_MS = 30_000
/** What a dial to an address that is no longer the node's ends with; by now somebody else may listen there. */
const NOT_THERE: ReadonlySet<string> = new Set(["unreachable", "timeout", "unauthorized"])

interface Following {
  readonly client: Pick<BerthClient, "directory" | "publicClient" | "deployment">
  readonly log: (level: "warn", message: string, fields: object) => void
}

/**
 * A host that has the registry read anew when a node can't be reached: it may have moved. Whoever dials again takes the directory's new
 * address then. The dial itself does not wait for it, because the chain may be as silent as the node.
 */
export function followNodes(host: P2pHost, { client, log }: Following): P2pHost {
  let next = 0
  const look = () => {
    if (performance.now() < next) return
    next = performance.now() + LOOK_EVERY_MS
    client.directory.refresh(client.publicClient, client.deployment).catch((error) => {
      log("warn", "the registry could not be read for a node's new address", { message: asBerthError(error).message })
    })
  }
  return {
    ...host,
    async open(callee, protocol, signal) {
      try {
        return await host.open(callee, protocol, signal)
      } catch (error) {
        if (!signal?.aborted && NOT_THERE.has(asBerthError(error).code)) look()
        throw error
      }
    },
  }
}
