// Reservations, stake and standing orders by `berth` itself, as processes against a real chain. The node is a key that signs its words here;
// how nodes quote and serve is tested with nodes in provider-node.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Address, dayClaimDigest, dayOf, nobleEcdsa, packServed, reservationCancelDigest, reservationName } from "@berth/protocol"
import { expect } from "chai"
import { http } from "viem"
import { claimDays, createBerthClient } from "../tenant-sdk/src/index.ts"
import { decryptKey } from "../tenant-sdk/src/keys/keystore.ts"
import { ProfileKey } from "../tenant-sdk/src/keys/profile-key.ts"
import { CommandWorld, PASSPHRASE } from "./support/command-world.ts"

describe("berth reserve, reservations, stake, standing-order", function () {
  this.timeout(240_000)
  let w: CommandWorld
  let [tenant, buyer] = ["0x", "0x"] as [Address, Address]

  /** Signs as the agent of a profile would, with the key that only it can derive. */
  const claimAs = async (profile: string, id: bigint, firstDay: number, served: readonly number[]) => {
    const secret = decryptKey(readFileSync(join(w.dir, "home", profile, "agent.json"), "utf8"), PASSPHRASE, "agent")
    const digest = dayClaimDigest(w.market.market, { reservation: id, firstDay, served: packServed(served) })
    const deployment = { ...w.chain.deployment, startBlock: BigInt(w.chain.deployment.startBlock) }
    const client = createBerthClient({ deployment, transport: http(w.chain.rpcUrl), account: w.market.account(1), pollingInterval: 50 })
    return claimDays(client, { id, firstDay, served, signature: nobleEcdsa.sign(digest, new ProfileKey(secret).reservationSigner(id)) })
  }

  before(async () => {
    w = await CommandWorld.start()
    await w.profile("operator", 1)
    tenant = await w.profile("tenant")
    buyer = await w.profile("buyer")
  })
  after(() => w?.stop())

  it("an operator stakes, lets a node lock it, and takes some back", async () => {
    await w.json("operator", "account", "deposit", "500")
    expect(await w.json("operator", "stake", "deposit", "400")).include({ staked: "400000000", free: "400000000" })
    expect(await w.json("operator", "stake", "lockable", w.node.address, "300")).include({ lockable: "300000000", free: "100000000" })
    expect(await w.json("operator", "stake", "unstake", "40")).include({ requested: "40000000", unbonding: "40000000" })
    const shown = await w.json("operator", "stake")
    expect(shown).deep.include({ free: "60000000", unbonding: "40000000", nodes: [{ node: w.node.address, lockable: "300000000" }] })
    expect((await w.berth("operator", "stake")).stdout)
      .match(/free +\$60\.00/)
      .and.contain(w.node.address)
    const early = await w.refused("operator", "stake", "finish")
    expect([early.code, early.error.code]).deep.equal([1, "reverted"])
    expect(early.error.message).contain("unbonds until")
    expect((await w.refused("tenant", "stake", "unstake", "all")).error).include({ code: "insufficient_stake" })
  })

  it("a tenant reserves what a quote says, once, and sees what it saves", async () => {
    await w.json("tenant", "account", "deposit", "900")
    const file = await w.quoteFile(tenant)
    const unasked = await w.refused("tenant", "reserve", "--quote", file)
    expect(unasked.error).include({ code: "usage", hint: "add --yes" })
    const { code, stdout, stderr } = await w.berth("tenant", "reserve", "--quote", file, "--yes")
    expect(code, stderr).equal(0)
    expect(stderr).match(/PER DAY +PAY-AS-YOU-GO +CHEAPER +TOTAL +COLLATERAL/)
    expect(stderr).match(/\$12\.96 +\$17\.28 +25 % +\$129\.60 +\$12\.96 +20 %/)
    const again = await w.json("tenant", "reserve", "--quote", file, "--yes")
    expect(again).include({ existed: true, id: stdout.trim(), discountBps: 2_500 })
    expect(await w.json("tenant", "account", "balance")).include({ available: "770400000" })
    const list = await w.json("tenant", "reservations")
    expect(list).lengthOf(1)
    expect(list[0]).include({ id: stdout.trim(), node: w.node.address, holder: tenant.toLowerCase(), pricePerDay: "12960000", owed: "0" })
    expect((await w.refused("buyer", "reserve", "--quote", file, "--yes")).error.code).equal("quote_mismatch")
    const dear = await w.refused("tenant", "reserve", "--quote", await w.quoteFile(tenant, { pricePerDay: 17_280_001n }), "--yes")
    expect(dear.error.message).contain("pay-as-you-go")
    const level = await w.refused("tenant", "reserve", "--quote", await w.quoteFile(tenant, { pricePerDay: 17_280_000n }), "--yes")
    expect(level.error.hint).contain("--even-if-dearer")
    expect((await w.refused("tenant", "reserve", "--quote", join(w.dir, "operator.key"), "--yes")).error.code).equal("malformed")
  })

  it("its agent's key signs for the days; the refund is asked for and, a day later, taken", async () => {
    const [made] = await w.json("tenant", "reservations")
    const id = BigInt(made.id)
    await w.nextNoon(3)
    await claimAs("tenant", id, made.startDay, [1_440, 700, 0])
    const shown = await w.berth("tenant", "reservations", made.id.slice(2, 10))
    expect(shown.stdout).match(/signer +this agent/)
    expect(shown.stdout).match(/paid +\S+ 1440 of 1440 minutes, by the holder's signer/)
    expect(shown.stdout).match(/paid +\S+ 700 of 1440 minutes/)
    // The third, of which the agent says 0 minutes, is not claimed.
    expect(shown.stdout).match(/open +\S+/)
    // 740 minutes of one day.
    const owed = 12_960_000n - 6_300_000n
    expect(await w.json("tenant", "reservations", "refund", made.id)).include({ state: "asked", owed: `${owed}` })
    expect(await w.json("tenant", "reservations", "refund", made.id)).include({ state: "asked" })
    await w.nextNoon(2)
    expect(await w.json("tenant", "reservations", "refund", made.id)).include({ state: "taken", amount: `${owed}` })
    expect((await w.refused("tenant", "reservations", "refund", made.id)).error.message).contain("nothing lies in the token")
  })

  it("is given away; the buyer's agent signs from the day after next on", async () => {
    const [made] = await w.json("tenant", "reservations")
    expect((await w.refused("tenant", "reservations", "transfer", made.id, buyer)).error.hint).equal("add --yes")
    await w.json("tenant", "reservations", "transfer", made.id, buyer, "--yes")
    expect(await w.json("tenant", "reservations")).deep.equal([])
    expect((await w.refused("tenant", "reservations", made.id.slice(2, 8))).error.code).equal("no_reservation")
    const short = made.id.slice(0, 8)
    const { signer, fromDay } = await w.json("buyer", "reservations", "signer", short)
    expect(fromDay).equal(dayOf(await w.market.chainTime()) + 2)
    expect(await w.json("buyer", "reservations", short)).include({ nextSigner: signer, agentSigner: signer, holder: buyer.toLowerCase() })
    expect(await w.json("buyer", "reservations", "signer", short, "nobody")).include({ signer: null })
    expect((await w.json("buyer", "reservations", "lapse", short)).lapsed).deep.equal([])
  })

  it("ends early alone, for the fee that was quoted, or as the node agreed", async () => {
    const [made] = await w.json("buyer", "reservations")
    expect((await w.refused("buyer", "reservations", "cancel", made.id)).error.message).match(
      /of 4 days, \$10\.368 to the operator, \$41\.472 back/,
    )
    expect(await w.json("buyer", "reservations", "cancel", made.id, "--yes")).include({ paid: "10368000", returned: "41472000" })
    expect((await w.berth("buyer", "reservations")).stdout).contain("cancelled")
    expect((await w.refused("buyer", "reservations", "cancel", made.id, "--yes")).error.code).equal("usage")

    const { id } = await w.json("tenant", "reserve", "--quote", await w.quoteFile(tenant), "--yes", "--signer", "nobody")
    const terms = { firstDay: dayOf(await w.market.chainTime()) + 1, operatorBps: 0, deadline: (await w.market.chainTime()) + 3_600n }
    const signature = nobleEcdsa.sign(reservationCancelDigest(w.market.market, { reservation: BigInt(id), ...terms }), w.node.key)
    const agreement = w.file("agreement.json", { ...terms, signature })
    const done = await w.json("tenant", "reservations", "cancel", id, "--agreement", agreement, "--yes")
    expect(done).include({ paid: "0", returned: `${12_960_000n * 9n}` })
    expect(reservationName(BigInt(id))).equal(id)
  })

  it("a tab opens with a standing order, once", async () => {
    const flags = ["--order-cap", "2", "--order-rate", "0.10", "--order-hours", "48", "--order-base", "0.05"]
    expect((await w.refused("tenant", "tabs", "open", w.node.address, "3", "--order-cap", "2")).error.code).equal("usage")
    const opened = await w.json("tenant", "tabs", "open", w.node.address, "3", ...flags)
    expect(opened.standingOrder).include({ base: "50000", cap: "2000000", rate: "100000" })
    expect((await w.refused("tenant", "tabs", "open", w.node.address, "3", ...flags)).error.code).equal("exists")
    await w.chain.increaseTime(3_600)
    const [order] = await w.json("tenant", "standing-order")
    expect(order).include({ tab: opened.signer, spent: "0", exposure: "2050000" })
    expect(Number(order.allowed)).within(150_000, 151_000)
    expect((await w.berth("tenant", "standing-order", opened.signer.slice(2, 10))).stdout).match(/\$0\.05 +\$0\.10 +\$2\.00/)
    const plain = await w.json("tenant", "tabs", "open", w.node.address, "1", "--another")
    expect((await w.refused("tenant", "standing-order", plain.signer)).error.code).equal("not_found")
  })
})
