import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect } from "chai"

const read = (path: string) => readFileSync(join(import.meta.dirname, path), "utf8")

/** The block of docs/operators.md that shows a command's output. */
function shown(command: string): string {
  const doc = read("../../../docs/operators.md")
  const start = doc.indexOf(`$ ${command}`)
  expect(start, `${command} is shown`).to.be.above(0)
  const [block] = doc.slice(start).split("```")
  return block!.split(/\n\$ /)[0]!
}

describe("outputs in docs/operators.md have the lines that the programs write", () => {
  it("berth-node status: every line that is always there, in its order", () => {
    // Prints of the function itself, under no condition; the disk's is one of two.
    const unconditional = [...read("ask.ts").matchAll(/^ {2}print\(\s*`(\w+) /gm)].map(([, label]) => label!)
    expect(unconditional).to.include.members(["node", "peers"])
    const lines = shown("berth-node status --config node.toml").split("\n").slice(1).filter(Boolean)
    expect(lines.map((line) => line.split(/\s/)[0])).to.deep.equal([...unconditional, "disk", "offer", "lease"])
  })

  it("metrics: every gauge but those of leases, in its order", () => {
    const gauges = [...read("../metrics.ts").matchAll(/gauge\(\s*"(\w+)"/g)].map(([, name]) => `berth_${name}`)
    expect(gauges.length).to.be.above(20)
    const lines = shown("curl -s 127.0.0.1:9464/metrics | grep -v '^#'").split("\n").slice(1).filter(Boolean)
    expect(lines.map((line) => line.split(/[{ ]/)[0])).to.deep.equal(gauges.filter((name) => name !== "berth_leases"))
  })
})
