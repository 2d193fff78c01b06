// Rooms and a hallway: who may import what (AGENTS.md).
import { globSync, readFileSync } from "node:fs"
import { join, posix } from "node:path"
import { expect } from "chai"
import ts from "typescript"

const root = join(import.meta.dirname, "..")
const ROOMS: Readonly<Record<string, string>> = {
  "provider-node": "@berth/node",
  "tenant-sdk": "@berth/sdk",
  indexer: "@berth/indexer",
  contracts: "@berth/contracts",
  console: "@berth/console",
}
const LIBP2P = /^(libp2p|@libp2p\/|@chainsafe\/libp2p|@multiformats\/)/

/** What is wrong with a file's imports and use of the environment; nothing when all is well. */
function faultsOf(file: string, text: string): string[] {
  const source = ts.preProcessFile(text, true, true)
  const isTest = /\.(test|fixture)\.ts$/.test(file)
  const faults = source.importedFiles.flatMap(({ fileName }) => {
    const fault = faultOf(file, fileName, isTest)
    return fault ? [`${file} imports ${fileName}: ${fault}`] : []
  })
  if (!isTest && usesEnvironment(file, text)) faults.push(`${file} reads process.env: only config.ts does`)
  return faults
}

function faultOf(file: string, specifier: string, isTest: boolean): string | undefined {
  const room = file.split("/")[0]!
  const target = specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : specifier
  for (const [other, name] of Object.entries(ROOMS)) {
    const reaches = target === name || target.startsWith(`${name}/`) || target.startsWith(`${other}/`)
    if (reaches && other !== room && !(room === "console" && other === "tenant-sdk")) return `${room} may not know ${other}`
  }
  // A test may bring real parts of other places; what ships may not.
  if (isTest) return undefined
  if (target.startsWith("scripts/") || target.startsWith("test/")) return "what ships does not import the repository's scripts and tests"
  if (room === "protocol") return protocolFault(file, specifier)
  if (/^(dockerode|docker-modem)/.test(specifier) && !file.includes("/src/runner/")) return "the container engine is known in runner/ only"
  if (LIBP2P.test(specifier) && !file.includes("/p2p/")) return "libp2p is known in p2p/ only"
  return undefined
}

function protocolFault(file: string, specifier: string): string | undefined {
  if (specifier === "secp256k1") return file === "protocol/src/native.ts" ? undefined : "native code is in native.ts only"
  const pure = specifier.startsWith(".") || /^(viem|@noble|zod|hash-wasm|protons-runtime|uint8arraylist)(\/|$)/.test(specifier)
  return pure ? undefined : "protocol/ does no I/O and runs in a browser"
}

function usesEnvironment(file: string, text: string): boolean {
  return !/(^|\/)config\.ts$/.test(file) && /\bprocess\.env\b/.test(text)
}

const shipped = globSync("{protocol,provider-node,tenant-sdk,indexer,contracts,console}/{src,ponder.*,test}/**/*.{ts,tsx,js}", {
  cwd: root,
  exclude: ["**/node_modules/**", "**/generated/**", "contracts/test/**", "indexer/test/**"],
})

/** What a file of `npm start` takes out of the SDK past its door. */
function pastTheDoor(file: string, text: string): string[] {
  const reached = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => posix.join(posix.dirname(file), fileName))
  return reached.filter((target) => target.startsWith("tenant-sdk/"))
}

describe("imports", () => {
  it("are allowed, in every file that ships", () => {
    expect(shipped).length.greaterThan(20)
    const faults = shipped.flatMap((file) => faultsOf(file.replaceAll("\\", "/"), readFileSync(join(root, file), "utf8")))
    expect(faults, `\n${faults.join("\n")}\n`).deep.equal([])
  })

  const forbidden: [string, string, string][] = [
    ["tenant-sdk/src/client.ts", `import { x } from "@berth/node"`, "may not know provider-node"],
    ["tenant-sdk/src/client.ts", `import { x } from "../../indexer/src/api.ts"`, "may not know indexer"],
    ["tenant-sdk/src/client.test.ts", `export * from "../../provider-node/src/node.ts"`, "may not know provider-node"],
    ["provider-node/src/lease/a.ts", `const d = await import("dockerode")`, "runner/ only"],
    ["provider-node/src/lease/a.ts", `import type { Libp2p } from "libp2p"`, "p2p/ only"],
    ["provider-node/src/lease/a.ts", `import "../../../scripts/engine/engine.ts"`, "does not import"],
    ["provider-node/src/lease/a.ts", "const home = process.env.HOME", "only config.ts"],
    ["protocol/src/a.ts", `import { readFileSync } from "node:fs"`, "no I/O"],
    ["protocol/src/a.ts", `import { x } from "secp256k1"`, "native.ts only"],
    ["protocol/src/a.ts", `import { x } from "@libp2p/crypto"`, "no I/O"],
  ]
  for (const [file, text, fault] of forbidden) {
    it(`control: ${text} in ${file} is found`, () => expect(faultsOf(file, text).join()).include(fault))
  }

  it("control: what is allowed passes", () => {
    const text = `import { x } from "@berth/protocol"\nimport { y } from "viem"\nimport { z } from "../p2p/dial.ts"\n`
    expect(faultsOf("tenant-sdk/src/actions/run.ts", text)).deep.equal([])
    expect(faultsOf("provider-node/src/config.ts", "process.env.HOME")).deep.equal([])
  })

  it("npm start plays its tenant with what @berth/sdk exports, as anybody could", () => {
    const files = globSync("scripts/start/*.ts", { cwd: root })
    expect(files).length.greaterThan(10)
    expect(files.flatMap((file) => pastTheDoor(file, readFileSync(join(root, file), "utf8")))).deep.equal([])
    const inside = `import { loadConfig } from "../../tenant-sdk/src/config.ts"`
    expect(pastTheDoor("scripts/start/market.ts", inside)).deep.equal(["tenant-sdk/src/config.ts"])
  })
})
