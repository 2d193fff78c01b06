import type { PullProgress } from "../runner.ts"
import { imageErrorOf } from "./engine-errors.ts"

/** One line of the engine's pull stream. */
interface PullLine {
  readonly id?: string
  readonly status?: string
  readonly progressDetail?: { readonly current?: number; readonly total?: number }
  readonly error?: string
  readonly errorDetail?: { readonly message?: string }
}

interface Layer {
  bytes: number
  total: number
  done: boolean
}

const DONE = new Set(["Pull complete", "Already exists"])

/**
 * Adds up a pull's layers. A failure inside the stream (which began with status 200) is thrown: an ImageError always, whatever it says, for a
 * registry has written it.
 */
export class PullTracker {
  readonly #reference: string
  readonly #layers = new Map<string, Layer>()

  constructor(reference: string) {
    this.#reference = reference
  }

  async *read(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<PullProgress> {
    let rest = ""
    const decoder = new TextDecoder()
    for await (const piece of stream) {
      rest += typeof piece === "string" ? piece : decoder.decode(piece, { stream: true })
      const lines = rest.split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) if (line.trim() !== "") yield this.#take(JSON.parse(line) as PullLine)
    }
    if (rest.trim() !== "") yield this.#take(JSON.parse(rest) as PullLine)
  }

  #take(line: PullLine): PullProgress {
    const failure = line.errorDetail?.message ?? line.error
    if (failure !== undefined) throw imageErrorOf(failure, this.#reference)
    const status = line.status ?? ""
    // Layers have ids of 12 hex digits; the manifest's lines carry the tag as id.
    if (line.id !== undefined && /^[0-9a-f]{12}$/.test(line.id)) {
      const layer = this.#layers.get(line.id) ?? { bytes: 0, total: 0, done: false }
      if (status === "Downloading" && line.progressDetail) {
        layer.bytes = line.progressDetail.current ?? layer.bytes
        layer.total = Math.max(layer.total, line.progressDetail.total ?? 0)
      } else if (status === "Download complete" || DONE.has(status)) layer.bytes = layer.total
      layer.done ||= DONE.has(status)
      this.#layers.set(line.id, layer)
    }
    const layers = [...this.#layers.values()]
    return {
      status,
      layers: layers.length,
      layersDone: layers.filter((layer) => layer.done).length,
      bytes: layers.reduce((sum, layer) => sum + layer.bytes, 0),
      totalBytes: layers.reduce((sum, layer) => sum + layer.total, 0),
    }
  }
}
