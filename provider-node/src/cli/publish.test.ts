// `berth-node init --register` and `publish` on a real chain: what is on chain becomes what the config says.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Address, bytesToHex, keccakText } from "@berth/protocol"
import { berthAbi } from "@berth/protocol/abi"
import { expect } from "chai"
import { parseEther } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import { type LocalChain, startLocalChain } from "../../../scripts/local-chain/index.ts"
import { program } from "./program.ts"

interface Said {
  readonly node: Address
  readonly profile: { readonly region: string; readonly recorders: readonly string[] }
  readonly offers: readonly { readonly price: bigint }[]
}

describe("berth-node publish", function () {
  this.timeout(60_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-publish-"))
  const config = join(dir, "node.toml")
  const operator = privateKeyToAccount(bytesToHex(keccakText("operator")))
  const recorder = `0x${"11".repeat(20)}` as const
  let chain: LocalChain

  // biome-ignore lint/suspicious/noExplicitAny: what the program prints is what the tests look at
  const run = async (...args: string[]): Promise<any> => {
    const lines: string[] = []
    const asked = program({ print: (line) => void lines.push(line), ended: Promise.resolve() }).exitOverride()
    await asked.parseAsync([...args, "--config", config, "--json"], { from: "user" })
    return JSON.parse(lines.at(-1)!)
  }
  const failure = (...args: string[]): Promise<Error> =>
    run(...args).then(
      (done) => expect.fail(`it was done: ${JSON.stringify(done)}`),
      (error: Error) => error,
    )
  const write = (region: string, price: number) =>
    writeFileSync(
      config,
      [
        `rpcUrl = "${chain.rpcUrl}"`,
        `deployment = "${chain.deploymentFile}"`,
        `dataDir = "${dir}"`,
        `passphraseFile = "${join(dir, "passphrase")}"`,
        `region = "${region}"`,
        'listen = ["/ip4/127.0.0.1/tcp/9001"]',
        "[[offers]]",
        'class = "cpu/x86-64"',
        "count = 2",
        `price = ${price}`,
        "discounts = [{ term = 30, bps = 2000 }]",
      ].join("\n"),
    )
  const last = async (eventName: "NodeUpdated" | "OffersUpdated") => {
    const logs = await chain.client.getContractEvents({ address: chain.deployment.berth, abi: berthAbi, eventName, fromBlock: 0n })
    return logs.at(-1)!.args as unknown as Said
  }

  before(async () => {
    chain = await startLocalChain({ stateDir: join(dir, "chain"), blockTimeMs: 0 })
    writeFileSync(join(dir, "passphrase"), "secret\n", { mode: 0o600 })
    writeFileSync(join(dir, "operator.key"), bytesToHex(keccakText("operator")), { mode: 0o600 })
    writeFileSync(join(dir, "stranger.key"), bytesToHex(keccakText("stranger")), { mode: 0o600 })
    await chain.fund(operator.address, { eth: parseEther("1"), usd: 0n })
    write("DE/Berlin", 60_000)
    const { machine } = await run("init", "--light-key")
    expect(machine.cpuClass).match(/^cpu\//)
    expect(machine.gpus.length > 0).equal(machine.gpuDetail === null)
  })
  after(async () => {
    await chain?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it("before the node is registered: says what to do first", async () => {
    expect((await failure("publish")).message).match(/is not registered: berth-node init --register/)
  })

  it("what is there already is left alone; what changed is sent, in one transaction", async () => {
    const badly = await failure("init", "--register", "--operator-key", join(dir, "operator.key"), "--recorder-address", "0x12")
    expect(badly.message).contain("--recorder-address 0x12")
    const poor = await failure("init", "--register", "--operator-key", join(dir, "stranger.key"))
    expect(poor.message).contain("can't pay the gas")
    write("X".repeat(65), 60_000)
    expect((await failure("init", "--register", "--operator-key", join(dir, "operator.key"))).message).match(/RegionTooLong|region/)
    write("DE/Berlin", 60_000)
    await run("init", "--register", "--operator-key", join(dir, "operator.key"), "--recorder-address", recorder)
    const byOperator = ["--operator-key", join(dir, "operator.key")]
    expect(await run("publish", ...byOperator)).deep.include({ changed: [], transaction: null })
    write("DE/Hamburg", 60_000)
    expect(await run("publish", ...byOperator)).deep.include({ changed: ["profile"] })
    // What the config does not hold stays as it is.
    expect((await last("NodeUpdated")).profile).deep.include({ region: "DE/Hamburg", recorders: [recorder] })
    write("FR", 70_000)
    expect((await run("publish", ...byOperator)).changed).deep.equal(["profile", "offers"])
    expect((await last("OffersUpdated")).offers[0]!.price).equal(70_000n)
    expect((await last("NodeUpdated")).profile.region).equal("FR")
  })

  it("the node's own key may pay, once it has gas; nobody else's may", async () => {
    const { node } = await last("NodeUpdated")
    expect((await failure("publish", "--recorder-address", recorder, `0x${"22".repeat(20)}`)).message).contain("can't pay the gas")
    await chain.fund(node, { eth: parseEther("1"), usd: 0n })
    const other = `0x${"22".repeat(20)}`
    expect((await run("publish", "--recorder-address", recorder, other)).changed).deep.equal(["profile"])
    expect((await last("NodeUpdated")).profile.recorders).deep.equal([recorder, other])
    await chain.fund(privateKeyToAccount(bytesToHex(keccakText("stranger"))).address, { eth: parseEther("1"), usd: 0n })
    write("JP", 70_000)
    expect((await failure("publish", "--operator-key", join(dir, "stranger.key"))).message).contain("NotOperator")
  })

  it("a listing that the contract refuses: said with its reason", async () => {
    write("X".repeat(65), 70_000)
    const { message } = await failure("publish")
    expect(message).match(/RegionTooLong|region/)
  })
})
