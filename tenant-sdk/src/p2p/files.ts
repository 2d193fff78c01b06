import { errorFromWire, FILES, FilesChunk, FilesRequest } from "@berth/protocol/wire"
import type { TabLine } from "./lease.ts"
import { asP2pError } from "./p2p-error.ts"

/** A path of a lease's file system as the bytes of a tar. */
export async function* readFiles(line: TabLine, leaseId: Uint8Array, path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const frames = await line.host.open(line.callee, FILES, signal)
  try {
    await frames.write(FilesRequest.encode({ leaseId, path, session: line.session() }), signal)
    for (;;) {
      const chunk = FilesChunk.decode(await frames.read(signal))
      if (chunk.error) throw errorFromWire(chunk.error)
      if (chunk.data.length > 0) {
        frames.pause()
        yield chunk.data
        frames.resume()
      }
      if (chunk.end) return
    }
  } catch (error) {
    throw asP2pError(error, line.callee)
  } finally {
    frames.abort()
  }
}
