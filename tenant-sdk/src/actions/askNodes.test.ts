import { expect } from "chai"
import type { NodeInfo } from "../chain/directory.ts"
import { askNodes } from "./askNodes.ts"

const [quick, late, silent] = ["0x01", "0x02", "0x03"].map((node) => ({ node }) as NodeInfo) as [NodeInfo, NodeInfo, NodeInfo]
const DAY_MS = 86_400_000

/** Answers after as many milliseconds as it is told for the node; never when it is told none. */
const asking =
  (delays: Map<NodeInfo, number>) =>
  (node: NodeInfo, signal: AbortSignal): Promise<string> =>
    new Promise((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true })
      const delay = delays.get(node)
      if (delay !== undefined) setTimeout(() => resolve(node.node), delay)
    })

describe("askNodes", () => {
  it("does not wait for slow nodes when another has answered", async () => {
    const refused: string[] = []
    const onRefused = ({ node }: NodeInfo, { code }: { code: string }) => refused.push(`${node} ${code}`)
    const delays = new Map([[quick, 0]])
    expect(await askNodes([silent, quick], asking(delays), { slowMs: 50, firstMs: DAY_MS, onRefused })).deep.equal(["0x01"])
    expect(refused).deep.equal(["0x03 timeout"])
  })

  it("waits longer while none has answered, and then no longer than for the first", async () => {
    const delays = new Map([[late, 200]])
    expect(await askNodes([silent, late], asking(delays), { slowMs: 50, firstMs: DAY_MS })).deep.equal(["0x02"])
  })

  it("ends without any answer", async () => {
    const refused: string[] = []
    const onRefused = (_: NodeInfo, { message }: Error) => refused.push(message)
    expect(await askNodes([silent], asking(new Map()), { slowMs: 20, firstMs: 50, onRefused })).deep.equal([])
    expect(refused).deep.equal(["node 0x03 did not quote in time"])
    expect(await askNodes([], asking(new Map()), { slowMs: DAY_MS, firstMs: DAY_MS })).deep.equal([])
  })

  it("passes on why a node refused, and ends when it is cancelled", async () => {
    const refused: string[] = []
    const onRefused = (_: NodeInfo, { message }: Error) => refused.push(message)
    const refusing = () => Promise.reject(new Error("not you"))
    expect(await askNodes([quick], refusing, { slowMs: DAY_MS, firstMs: DAY_MS, onRefused })).deep.equal([])
    expect(refused).deep.equal(["not you"])

    const stop = new AbortController()
    const asked = askNodes([silent], asking(new Map()), { slowMs: DAY_MS, firstMs: DAY_MS, signal: stop.signal })
    stop.abort()
    expect(await asked.catch(({ code }) => code)).equal("cancelled")
  })
})
