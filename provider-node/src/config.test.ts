import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect } from "chai"
import { sampleConfig } from "./cli/sample-config.ts"
import { configJsonSchema, loadConfig } from "./config.ts"

describe("config", () => {
  const dir = mkdtempSync(join(tmpdir(), "berth-config-"))
  const file = join(dir, "node.toml")
  after(() => rmSync(dir, { recursive: true }))

  it("flags win over env, env over the file; paths are relative to where they stand", () => {
    writeFileSync(file, 'deployment = "d.json"\nrpcUrl = "http://a"\nwindowMs = 1000\npauseMs = 2000\n')
    const env = { BERTH_NODE_RPC_URL: "http://b", BERTH_NODE_WINDOW_MS: "3000", BERTH_NODE_RECORDERS: '["/ip4/1.2.3.4/tcp/1"]' }
    const config = loadConfig({ file, env, flags: { rpcUrl: "http://c", dataDir: undefined } })
    expect(config).to.deep.include({ rpcUrls: ["http://c"], windowMs: 3_000, pauseMs: 2_000, deployment: join(dir, "d.json") })
    expect(config.recorders).to.deep.equal(["/ip4/1.2.3.4/tcp/1"])
    expect(config.keystore).to.equal(join(config.dataDir, "node-key.json"))
  })

  it("names the setting that is wrong", () => {
    const wrong = (toml: string) => {
      writeFileSync(file, toml)
      try {
        loadConfig({ file, env: {} })
        return ""
      } catch (error) {
        return (error as Error).message
      }
    }
    expect(wrong("")).to.match(/"deployment"/)
    expect(wrong('deployment = "x"\nwindow = 1')).to.match(/window/)
    expect(wrong('deployment = "x"\n[[offers]]\nclass = "RTX"\ncount = 1\nprice = 1')).to.match(/offers\.0\.class/)
    expect(wrong('deployment = "x"\n[[offers]]\nclass = "nvidia/h200"\ncount = 1\nprice = 1\ndevices = ["GPU-1"]')).to.match(
      /offers": the activity of GPUs can't be metered yet/,
    )
    const offered = (discounts: string) =>
      wrong(`deployment = "x"\n[[offers]]\nclass = "cpu/x86-64"\ncount = 1\nprice = 1\ndiscounts = [${discounts}]`)
    expect(offered("{ term = 30, bps = 1000 }, { term = 180, bps = 2500 }")).to.equal("")
    expect(offered("{ term = 30, bps = 1000 }, { term = 30, bps = 2500 }")).to.match(/offers\.0\.discounts": terms must rise/)
    expect(offered("{ term = 367, bps = 1 }")).to.match(/offers\.0\.discounts\.0\.term/)
    expect(offered("{ term = 1, bps = 10001 }")).to.match(/offers\.0\.discounts\.0\.bps/)
    expect(wrong("deployment = ")).to.match(/not valid TOML/)
  })

  it("takes no number for another: what is none is an error that names its setting", () => {
    writeFileSync(file, 'deployment = "d.json"\n')
    for (const value of ["abc", "", "-1", "1e3", "0x10", "NaN", "1.5", "007", "9999999999999999999999", "[1"])
      expect(() => loadConfig({ file, env: { BERTH_NODE_WINDOW_MS: value } }), value).to.throw(Error, /windowMs|BERTH_NODE_WINDOW_MS/)
  })

  it("the sample is a config", () => {
    writeFileSync(file, sampleConfig({ deployment: "d.json" }))
    const config = loadConfig({ file, env: {} })
    expect(config.offers[0]).to.include({ class: "cpu/x86-64", price: 20_000n })
  })

  it("the published JSON Schema is the one of this code", () => {
    const published = readFileSync(new URL("../config.schema.json", import.meta.url), "utf8")
    expect(published, "run node provider-node/generate-config-schema.mjs").to.equal(configJsonSchema())
  })
})
