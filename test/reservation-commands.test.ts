// Reservations, stake and standing orders by `berth` itself, as processes against a real chain. The node is a key that signs its words here;
// how nodes quote and serve is tested with nodes in provider-node.
import { spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type Address,
  addressOfKey,
  bytesToHex,
  dayClaimDigest,
  dayOf,
  keccakText,
  nobleEcdsa,
  packServed,
  type ReservationQuote,
  reservationCancelDigest,
  reservationName,
  reservationQuoteDigest,
} from "@berth/protocol"
import { expect } from "chai"
import { http, parseEther } from "viem"
import { type LocalChain, startLocalChain } from "../scripts/local-chain/index.ts"
import { claimDays, createBerthClient } from "../tenant-sdk/src/index.ts"
import { decryptKey } from "../tenant-sdk/src/keys/keystore.ts"
import { ProfileKey } from "../tenant-sdk/src/keys/profile-key.ts"
import { TestMarket, type TestNode } from "./support/market.ts"

const PROGRAM = join(import.meta.dirname, "../tenant-sdk/src/cli/main.ts")
const PASSPHRASE = "correct horse"

describe("berth reserve, reservations, stake, standing-order", function () {
  this.timeout(240_000)
  const dir = mkdtempSync(join(tmpdir(), "berth-reserve-"))
  let chain: LocalChain
  let market: TestMarket
  let node: TestNode
  let [tenant, buyer] = ["0x", "0x"] as [Address, Address]
  let quotes = 0

  const berth = (profile: string, ...args: string[]) => {
    const env = {
      ...process.env,
      BERTH_HOME: join(dir, "home"),
      BERTH_PROFILE: profile,
      BERTH_DEPLOYMENT: chain.deploymentFile,
      BERTH_PASSPHRASE_FILE: join(dir, "passphrase"),
    }
    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"], env })
    return new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const said = { stdout: "", stderr: "" }
      for (const name of ["stdout", "stderr"] as const)
        child[name].setEncoding("utf8").on("data", (text: string) => {
          said[name] += text
        })
      child.on("close", (code) => resolve({ code, ...said }))
    })
  }
  // biome-ignore lint/suspicious/noExplicitAny: what the program prints is what the tests look at
  const json = async (profile: string, ...args: string[]): Promise<any> => {
    const { code, stdout, stderr } = await berth(profile, ...args, "--json")
    expect(code, stderr).equal(0)
    return JSON.parse(stdout)
  }
  const refused = async (
    profile: string,
    ...args: string[]
  ): Promise<{ code: number | null; error: { code: string; message: string; hint?: string } }> => {
    const { code, stderr } = await berth(profile, ...args, "--json")
    return { code, ...JSON.parse(stderr.slice(stderr.indexOf("{"))) }
  }
  const quoteFile = async (change: Partial<ReservationQuote> = {}) => {
    const now = await market.chainTime()
    const quote: ReservationQuote = {
      node: node.address,
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
      nonce: keccakText(`quote ${++quotes}`),
      ...change,
    }
    const signature = nobleEcdsa.sign(reservationQuoteDigest(market.market, quote), node.key)
    const file = join(dir, `quote-${quotes}.json`)
    const text = { version: 1, chainId: market.market.chainId, contract: market.market.contract, quote, signature }
    writeFileSync(
      file,
      JSON.stringify(text, (_, v) => (typeof v === "bigint" ? `${v}` : v instanceof Uint8Array ? bytesToHex(v) : v)),
    )
    return file
  }
  /** Signs as the agent of a profile would, with the key that only it can derive. */
  const claimAs = async (profile: string, id: bigint, firstDay: number, served: readonly number[]) => {
    const secret = decryptKey(readFileSync(join(dir, "home", profile, "agent.json"), "utf8"), PASSPHRASE, "agent")
    const digest = dayClaimDigest(market.market, { reservation: id, firstDay, served: packServed(served) })
    const deployment = { ...chain.deployment, startBlock: BigInt(chain.deployment.startBlock) }
    const client = createBerthClient({ deployment, transport: http(chain.rpcUrl), account: market.account(1), pollingInterval: 50 })
    return claimDays(client, { id, firstDay, served, signature: nobleEcdsa.sign(digest, new ProfileKey(secret).reservationSigner(id)) })
  }
  const nextNoon = async (days: number) => {
    const now = Number(await market.chainTime())
    await chain.increaseTime((Math.floor(now / 86_400) + days) * 86_400 + 43_200 - now)
  }

  before(async () => {
    writeFileSync(join(dir, "passphrase"), `${PASSPHRASE}\n`, { mode: 0o600 })
    chain = await startLocalChain({ stateDir: join(dir, "chain"), blockTimeMs: 0 })
    market = new TestMarket(chain)
    node = await market.registerNode("node", market.account(1))
    writeFileSync(join(dir, "operator.key"), bytesToHex(operatorKey(market)), { mode: 0o600 })
    await json("operator", "account", "import", join(dir, "operator.key"), "--light")
    ;[tenant, buyer] = [
      (await json("tenant", "account", "create", "--light")).account,
      (await json("buyer", "account", "create", "--light")).account,
    ]
    for (const account of [market.account(1).address, tenant, buyer])
      await chain.fund(account, { eth: parseEther("1"), usd: 1_000_000_000n })
    await nextNoon(1)
  })
  after(async () => {
    for (const profile of ["operator", "tenant", "buyer"]) await berth(profile, "agent", "--stop")
    await chain?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it("an operator stakes, lets a node lock it, and takes some back", async () => {
    await json("operator", "account", "deposit", "500")
    expect(await json("operator", "stake", "deposit", "400")).include({ staked: "400000000", free: "400000000" })
    expect(await json("operator", "stake", "lockable", node.address, "300")).include({ lockable: "300000000", free: "100000000" })
    expect(await json("operator", "stake", "unstake", "40")).include({ requested: "40000000", unbonding: "40000000" })
    const shown = await json("operator", "stake")
    expect(shown).deep.include({ free: "60000000", unbonding: "40000000", nodes: [{ node: node.address, lockable: "300000000" }] })
    expect((await berth("operator", "stake")).stdout)
      .match(/free +\$60\.00/)
      .and.contain(node.address)
    const early = await refused("operator", "stake", "finish")
    expect([early.code, early.error.code]).deep.equal([1, "reverted"])
    expect(early.error.message).contain("unbonds until")
    expect((await refused("tenant", "stake", "unstake", "all")).error).include({ code: "insufficient_stake" })
  })

  it("a tenant reserves what a quote says, once, and sees what it saves", async () => {
    await json("tenant", "account", "deposit", "900")
    const file = await quoteFile()
    const unasked = await refused("tenant", "reserve", "--quote", file)
    expect(unasked.error).include({ code: "usage", hint: "add --yes" })
    const { code, stdout, stderr } = await berth("tenant", "reserve", "--quote", file, "--yes")
    expect(code, stderr).equal(0)
    expect(stderr).match(/PER DAY +PAY-AS-YOU-GO +CHEAPER +TOTAL +COLLATERAL/)
    expect(stderr).match(/\$12\.96 +\$17\.28 +25 % +\$129\.60 +\$12\.96 +20 %/)
    const again = await json("tenant", "reserve", "--quote", file, "--yes")
    expect(again).include({ existed: true, id: stdout.trim(), discountBps: 2_500 })
    expect(await json("tenant", "account", "balance")).include({ available: "770400000" })
    const list = await json("tenant", "reservations")
    expect(list).lengthOf(1)
    expect(list[0]).include({ id: stdout.trim(), node: node.address, holder: tenant.toLowerCase(), pricePerDay: "12960000", owed: "0" })
    expect((await refused("buyer", "reserve", "--quote", file, "--yes")).error.code).equal("quote_mismatch")
    const dear = await refused("tenant", "reserve", "--quote", await quoteFile({ pricePerDay: 17_280_001n }), "--yes")
    expect(dear.error.message).contain("pay-as-you-go")
    expect((await refused("tenant", "reserve", "--quote", join(dir, "operator.key"), "--yes")).error.code).equal("malformed")
  })

  it("its agent's key signs for the days; the refund is asked for and, a day later, taken", async () => {
    const [made] = await json("tenant", "reservations")
    const id = BigInt(made.id)
    await nextNoon(3)
    await claimAs("tenant", id, made.startDay, [1_440, 700, 0])
    const shown = await berth("tenant", "reservations", made.id.slice(2, 10))
    expect(shown.stdout).match(/signer +this agent/)
    expect(shown.stdout).match(/paid +\S+ 1440 of 1440 minutes, by the holder's signer/)
    expect(shown.stdout).match(/paid +\S+ 700 of 1440 minutes/)
    expect(shown.stdout).match(/missed +\S+/)
    // 740 minutes of one day, and all of another with its collateral.
    const owed = 12_960_000n - 6_300_000n + 12_960_000n + 1_296_000n
    expect(await json("tenant", "reservations", "refund", made.id)).include({ state: "asked", owed: `${owed}` })
    expect(await json("tenant", "reservations", "refund", made.id)).include({ state: "asked" })
    await nextNoon(2)
    expect(await json("tenant", "reservations", "refund", made.id)).include({ state: "taken", amount: `${owed}` })
    expect((await refused("tenant", "reservations", "refund", made.id)).error.message).contain("nothing lies in the token")
  })

  it("is given away; the buyer's agent signs from the day after next on", async () => {
    const [made] = await json("tenant", "reservations")
    expect((await refused("tenant", "reservations", "transfer", made.id, buyer)).error.hint).equal("add --yes")
    await json("tenant", "reservations", "transfer", made.id, buyer, "--yes")
    expect(await json("tenant", "reservations")).deep.equal([])
    expect((await refused("tenant", "reservations", made.id.slice(2, 8))).error.code).equal("no_reservation")
    const short = made.id.slice(0, 8)
    const { signer, fromDay } = await json("buyer", "reservations", "signer", short)
    expect(fromDay).equal(dayOf(await market.chainTime()) + 2)
    expect(await json("buyer", "reservations", short)).include({ nextSigner: signer, agentSigner: signer, holder: buyer.toLowerCase() })
    expect(await json("buyer", "reservations", "signer", short, "nobody")).include({ signer: null })
    expect((await json("buyer", "reservations", "lapse", short)).lapsed).deep.equal([])
  })

  it("ends early alone, for the fee that was quoted, or as the node agreed", async () => {
    const [made] = await json("buyer", "reservations")
    expect((await refused("buyer", "reservations", "cancel", made.id)).error.message).match(
      /of 4 days, \$10\.368 to the operator, \$41\.472 back/,
    )
    expect(await json("buyer", "reservations", "cancel", made.id, "--yes")).include({ paid: "10368000", returned: "41472000" })
    expect((await berth("buyer", "reservations")).stdout).contain("cancelled")
    expect((await refused("buyer", "reservations", "cancel", made.id, "--yes")).error.code).equal("usage")

    const { id } = await json("tenant", "reserve", "--quote", await quoteFile(), "--yes", "--signer", "nobody")
    const terms = { firstDay: dayOf(await market.chainTime()) + 1, operatorBps: 0, deadline: (await market.chainTime()) + 3_600n }
    const signature = nobleEcdsa.sign(reservationCancelDigest(market.market, { reservation: BigInt(id), ...terms }), node.key)
    const agreement = join(dir, "agreement.json")
    writeFileSync(agreement, JSON.stringify({ ...terms, deadline: `${terms.deadline}`, signature: bytesToHex(signature) }))
    const done = await json("tenant", "reservations", "cancel", id, "--agreement", agreement, "--yes")
    expect(done).include({ paid: "0", returned: `${12_960_000n * 9n}` })
    expect(reservationName(BigInt(id))).equal(id)
  })

  it("a tab opens with a standing order, once", async () => {
    const flags = ["--order-cap", "2", "--order-rate", "0.10", "--order-hours", "48", "--order-base", "0.05"]
    expect((await refused("tenant", "tabs", "open", node.address, "3", "--order-cap", "2")).error.code).equal("usage")
    const opened = await json("tenant", "tabs", "open", node.address, "3", ...flags)
    expect(opened.standingOrder).include({ base: "50000", cap: "2000000", rate: "100000" })
    expect((await refused("tenant", "tabs", "open", node.address, "3", ...flags)).error.code).equal("exists")
    await chain.increaseTime(3_600)
    const [order] = await json("tenant", "standing-order")
    expect(order).include({ tab: opened.signer, spent: "0", exposure: "2050000" })
    expect(Number(order.allowed)).within(150_000, 151_000)
    expect((await berth("tenant", "standing-order", opened.signer.slice(2, 10))).stdout).match(/\$0\.05 +\$0\.10 +\$2\.00/)
    const plain = await json("tenant", "tabs", "open", node.address, "1", "--another")
    expect((await refused("tenant", "standing-order", plain.signer)).error.code).equal("not_found")
  })
})

function operatorKey(market: TestMarket): Uint8Array {
  const account = market.account(1)
  if (!("getHdKey" in account)) throw new Error("the operator is a development account")
  expect(addressOfKey(account.getHdKey().privateKey!)).equal(account.address.toLowerCase())
  return account.getHdKey().privateKey!
}
