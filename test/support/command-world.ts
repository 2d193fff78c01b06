// `berth` itself, as processes with profiles of their own, against a real chain. The node is a key that signs its words here.
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type Address,
  addressOfKey,
  bytesToHex,
  dayOf,
  keccakText,
  nobleEcdsa,
  type ReservationQuote,
  reservationQuoteDigest,
} from "@berth/protocol"
import { expect } from "chai"
import { parseEther } from "viem"
import { type LocalChain, startLocalChain } from "../../scripts/local-chain/index.ts"
import { TestMarket, type TestNode } from "./market.ts"

const PROGRAM = join(import.meta.dirname, "../../tenant-sdk/src/cli/main.ts")
export const PASSPHRASE = "correct horse"

interface Said {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Refusal {
  readonly code: number | null
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string }
}

/** A chain with one node, whose operator is development account 1, and profiles of `berth`. */
export class CommandWorld {
  readonly dir: string
  readonly chain: LocalChain
  readonly market: TestMarket
  readonly node: TestNode
  readonly #profiles: string[] = []
  #quotes = 0

  private constructor(dir: string, chain: LocalChain, market: TestMarket, node: TestNode) {
    this.dir = dir
    this.chain = chain
    this.market = market
    this.node = node
  }

  /** At noon of a day. */
  static async start(): Promise<CommandWorld> {
    const dir = mkdtempSync(join(tmpdir(), "berth-commands-"))
    writeFileSync(join(dir, "passphrase"), `${PASSPHRASE}\n`, { mode: 0o600 })
    const chain = await startLocalChain({ stateDir: join(dir, "chain"), blockTimeMs: 0 })
    const market = new TestMarket(chain)
    const world = new CommandWorld(dir, chain, market, await market.registerNode("node", market.account(1)))
    await world.nextNoon(1)
    return world
  }

  async stop(): Promise<void> {
    for (const profile of this.#profiles) await this.berth(profile, "agent", "--stop")
    await this.chain.stop()
    rmSync(this.dir, { recursive: true, force: true })
  }

  /** A profile with gas and $1,000: of a development account, or with a wallet of its own. */
  async profile(name: string, account?: number): Promise<Address> {
    this.#profiles.push(name)
    const args = account === undefined ? ["create"] : ["import", this.#keyFile(name, account)]
    const made = await this.json(name, "account", ...args, "--light")
    await this.chain.fund(made.account, { eth: parseEther("1"), usd: 1_000_000_000n })
    return made.account
  }

  #keyFile(name: string, index: number): string {
    const account = this.market.account(index)
    if (!("getHdKey" in account)) throw new Error(`account ${index} is no development account`)
    const key = account.getHdKey().privateKey!
    expect(addressOfKey(key)).equal(account.address.toLowerCase())
    const file = join(this.dir, `${name}.key`)
    writeFileSync(file, bytesToHex(key), { mode: 0o600 })
    return file
  }

  berth(profile: string, ...args: string[]): Promise<Said> {
    const env = {
      ...process.env,
      BERTH_HOME: join(this.dir, "home"),
      BERTH_PROFILE: profile,
      BERTH_DEPLOYMENT: this.chain.deploymentFile,
      BERTH_PASSPHRASE_FILE: join(this.dir, "passphrase"),
    }
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"], env })
    return new Promise((resolve) => {
      const said = { stdout: "", stderr: "" }
      for (const name of ["stdout", "stderr"] as const)
        child[name].setEncoding("utf8").on("data", (text: string) => {
          said[name] += text
        })
      child.on("close", (code) => resolve({ code, ...said }))
    })
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the program prints is what the tests look at
  async json(profile: string, ...args: string[]): Promise<any> {
    const { code, stdout, stderr } = await this.berth(profile, ...args, "--json")
    expect(code, stderr).equal(0)
    return JSON.parse(stdout)
  }

  async refused(profile: string, ...args: string[]): Promise<Refusal> {
    const { code, stdout, stderr } = await this.berth(profile, ...args, "--json")
    expect(code, `it was done: ${stdout}`).not.equal(0)
    return { code, ...JSON.parse(stderr.slice(stderr.indexOf("{"))) }
  }

  file(name: string, value: unknown): string {
    const path = join(this.dir, name)
    writeFileSync(
      path,
      JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `${v}` : v instanceof Uint8Array ? bytesToHex(v) : v)),
    )
    return path
  }

  /** Two vCPUs for ten days from today on, as the node signs it. */
  async quoteFile(tenant: Address, change: Partial<ReservationQuote> = {}): Promise<string> {
    const now = await this.market.chainTime()
    const quote: ReservationQuote = {
      node: this.node.address,
      tenant,
      class: "cpu/x86-64",
      gpus: 2,
      startDay: dayOf(now),
      term: 10,
      pricePerDay: 12_960_000n,
      listPricePerDay: 17_280_000n,
      collateralBps: 1_000,
      cancelFeeBps: 2_000,
      claimPeriod: 8,
      expires: now + 3_600n,
      nonce: keccakText(`quote ${++this.#quotes}`),
      ...change,
    }
    const signature = nobleEcdsa.sign(reservationQuoteDigest(this.market.market, quote), this.node.key)
    return this.file(`quote-${this.#quotes}.json`, { version: 1, ...this.market.market, quote, signature })
  }

  async today(): Promise<number> {
    return dayOf(await this.market.chainTime())
  }

  /** To noon of the UTC day `days` ahead. */
  async nextNoon(days: number): Promise<void> {
    const now = Number(await this.market.chainTime())
    await this.chain.increaseTime((Math.floor(now / 86_400) + days) * 86_400 + 43_200 - now)
  }
}
