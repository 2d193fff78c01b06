import { Readable } from "node:stream"
import { expect } from "chai"
import type { LogChunk } from "../runner.ts"
import { delay, EngineFixture } from "./engine.fixture.ts"
import { parseTimeNs, type ReadLogs, readLogFrames, readLogs } from "./logs.ts"

function frame(kind: number, text: string): Buffer {
  const body = Buffer.from(text)
  const head = Buffer.alloc(8)
  head[0] = kind
  head.writeUInt32BE(body.length, 4)
  return Buffer.concat([head, body])
}

async function collect(chunks: AsyncIterable<LogChunk>): Promise<LogChunk[]> {
  const all: LogChunk[] = []
  for await (const chunk of chunks) all.push(chunk)
  return all
}

const textOf = (chunks: readonly LogChunk[]) => Buffer.concat(chunks.map(({ data }) => data)).toString("utf8")

describe("Log frames", () => {
  it("keeps nanoseconds", () => {
    expect(parseTimeNs("2026-11-21T02:11:28.123456789Z")).to.equal(BigInt(Date.UTC(2026, 10, 21, 2, 11, 28)) * 1_000_000n + 123_456_789n)
    expect(parseTimeNs("2026-11-21T02:11:28Z") % 1_000_000_000n).to.equal(0n)
  })

  it("joins frames cut anywhere and makes times strictly grow", async () => {
    const time = "2026-11-21T02:11:28.000000005Z"
    const bytes = Buffer.concat([
      frame(1, `${time} first part,`),
      frame(1, `${time} second\n`),
      frame(2, `2026-11-21T02:11:28.000000004Z error\n`),
    ])
    const pieces = [...bytes].map((byte) => Uint8Array.of(byte))
    const chunks = await collect(
      readLogFrames(
        (async function* () {
          yield* pieces
        })(),
      ),
    )
    expect(chunks.map(({ stream, data }) => [stream, Buffer.from(data).toString()])).to.deep.equal([
      ["stdout", "first part,"],
      ["stdout", "second\n"],
      ["stderr", "error\n"],
    ])
    expect(chunks.map(({ timeNs }) => timeNs % 100n)).to.deep.equal([5n, 6n, 7n])
  })
})

describe("Logs of an engine that stops following before the end of the file", () => {
  const lines = Array.from({ length: 100 }, (_, index) => frame(1, `2026-11-21T02:11:28.${String(index).padStart(9, "0")}Z ${index}\n`))

  /** Docker 20.10 with a program that exits right after its last line: following gives 60 lines of 100. */
  function early(status: "exited" | "missing", more: Partial<ReadLogs> = {}) {
    const asked: { follow: boolean; tail?: number }[] = []
    const dial = ({ options }: { options: (typeof asked)[0] }, done: (error: null, stream: Readable) => void) => {
      asked.push(options)
      done(null, Readable.from(lines.slice(options.tail === undefined ? 0 : -options.tail, options.follow ? 60 : undefined)))
    }
    const container = { id: "c", modem: { dial } } as unknown as ReadLogs["container"]
    const state = status === "exited" ? { status, code: 0, oomKilled: false, error: null, finishedAt: new Date() } : { status }
    const chunks = readLogs({ container, inspect: async () => state, doing: "reading logs", timeoutMs: 1_000, follow: true, ...more })
    return { chunks, asked }
  }
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `${from + index}\n`).join("")

  it("are whole: what following left out is read from the file, each line once", async () => {
    const { chunks, asked } = early("exited")
    expect(textOf(await collect(chunks))).to.equal(numbers(0, 100))
    expect(asked.map(({ follow }) => follow)).to.deep.equal([true, false])
  })

  it("are whole from the last time seen, and for `tail`, with nothing seen yet too", async () => {
    const sinceNs = parseTimeNs("2026-11-21T02:11:28.000000029Z")
    expect(textOf(await collect(early("exited", { sinceNs }).chunks))).to.equal(numbers(30, 100))
    expect(textOf(await collect(early("exited", { tail: 50 }).chunks))).to.equal(numbers(50, 100))
    expect(textOf(await collect(early("exited", { tail: 20 }).chunks))).to.equal(numbers(80, 100))
  })

  it("end quietly where the container was removed meanwhile", async () => {
    expect(textOf(await collect(early("missing").chunks))).to.equal(numbers(0, 60))
  })
})

describe("Logs of real containers", function () {
  this.timeout(60_000)
  let fixture: EngineFixture
  before(async () => {
    fixture = await EngineFixture.start()
  })
  after(() => fixture.stop())

  it("follows to the end: all lines, in order, both streams, long ones too", async () => {
    const script = "seq 1 20000; head -c 100000 /dev/zero | tr '\\0' x; echo; echo oops >&2; echo end"
    const chunks = await collect(fixture.runner.logs(await fixture.run(script), { follow: true }))
    const out = textOf(chunks.filter(({ stream }) => stream === "stdout"))
    expect(out).to.equal(`${Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join("")}${"x".repeat(100_000)}\nend\n`)
    expect(textOf(chunks.filter(({ stream }) => stream === "stderr"))).to.equal("oops\n")
  })

  it("goes on exactly where it was cut, again and again, by another runner", async () => {
    const leaseId = await fixture.run(
      "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i; [ $((i % 10)) = 0 ] && echo e$i >&2; [ $((i % 100)) = 0 ] && sleep 0.05; done",
    )
    const seen: LogChunk[] = []
    for (let cut = 1; ; cut++) {
      const runner = fixture.newRunner()
      const last = seen.at(-1)?.timeNs
      const before = seen.length
      for await (const chunk of runner.logs(leaseId, { follow: true, ...(last === undefined ? {} : { sinceNs: last }) })) {
        seen.push(chunk)
        if (seen.length - before === 137 * cut) break
      }
      if (seen.length - before < 137 * cut) break
    }
    expect(textOf(seen.filter(({ stream }) => stream === "stdout"))).to.equal(
      Array.from({ length: 3_000 }, (_, index) => `${index + 1}\n`).join(""),
    )
    expect(textOf(seen.filter(({ stream }) => stream === "stderr"))).to.equal(
      Array.from({ length: 300 }, (_, index) => `e${(index + 1) * 10}\n`).join(""),
    )
    const again = await collect(fixture.runner.logs(leaseId, { tail: 2 }))
    expect(again).to.have.length(2)
  })

  it("are not held in memory: what a slow reader has not asked for stays with the engine", async () => {
    const leaseId = await fixture.run("yes 0123456789012345678901234567890123456789 | head -n 200000")
    await fixture.runner.wait(leaseId)
    const before = process.memoryUsage().arrayBuffers
    for await (const { data } of fixture.runner.logs(leaseId)) {
      expect(data.length).to.be.greaterThan(0)
      expect(process.memoryUsage().arrayBuffers - before, "of 15 MB").to.be.lessThan(4_000_000)
      break
    }
  })

  it("ends quietly when told to, and at once", async () => {
    const leaseId = await fixture.run("echo up; sleep 60")
    const mind = new AbortController()
    const reading = collect(fixture.runner.logs(leaseId, { follow: true, signal: mind.signal }))
    await delay(300)
    mind.abort()
    expect(textOf(await reading)).to.equal("up\n")
  })
})
