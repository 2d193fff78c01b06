import type { NetworkHooks } from "hardhat/types/hooks"
import type { HardhatPlugin } from "hardhat/types/plugins"
import type { Point } from "./points.ts"

/** Which points were reached, from what was sent: 32 bytes in hex each. */
export class Collected {
  readonly #points: readonly Point[]
  readonly #refusals: readonly Point[]
  readonly #sent = new Set<number>()
  readonly #refused = new Set<Point>()

  constructor(points: readonly Point[]) {
    this.#points = points
    this.#refusals = points.filter(({ without }) => without !== undefined)
  }

  /** All that one call or transaction sent. */
  transaction(sent: readonly string[]): void {
    const marks = this.#add(sent)
    for (const point of this.#refusals) {
      if (marks.has(point.hit) && !marks.has(point.without!)) this.#refused.add(point)
    }
  }

  /** What many sent, mixed: it shows no refusal of a modifier. */
  mixed(sent: readonly string[]): void {
    this.#add(sent)
  }

  has(point: Point): boolean {
    return point.without === undefined ? this.#sent.has(point.hit) : this.#refused.has(point)
  }

  /** Positions in the list of points. */
  reached(): number[] {
    return this.#points.flatMap((point, i) => (this.has(point) ? [i] : []))
  }

  #add(sent: readonly string[]): Set<number> {
    const marks = new Set(sent.map((hex) => Number(`0x${hex}`)))
    for (const mark of marks) this.#sent.add(mark)
    return marks
  }
}

/** Hits are dear: where a test names a gas limit, the copies get this many times as much. */
const ROOM = 16n

/** Has Hardhat's chains collect what is sent to them: tests need not know. */
export function collecting(collected: Pick<Collected, "transaction">): HardhatPlugin {
  const network: Partial<NetworkHooks> = {
    onCoverageData: async (_, sent) => collected.transaction(sent),
    onRequest: async (context, connection, request, next) => {
      const [call] = (request.params ?? []) as { gas?: string }[]
      if (!/^eth_(sendTransaction|call|estimateGas)$/.test(request.method) || call?.gas === undefined)
        return next(context, connection, request)
      const roomy = { ...call, gas: `0x${(BigInt(call.gas) * ROOM).toString(16)}` }
      return next(context, connection, { ...request, params: [roomy, ...(request.params as unknown[]).slice(1)] })
    },
  }
  return { id: "berth-coverage", hookHandlers: { network: async () => ({ default: async () => network }) } }
}
