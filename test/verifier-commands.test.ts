// Days that a holder, nobody or verifiers vouch for, and days' roots: signed, handed around as files and posted by `berth` itself.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Address, bytesToHex, keccakText, merkleProof, merkleRoot, servedAmount } from "@berth/protocol"
import { expect } from "chai"
import { CommandWorld } from "./support/command-world.ts"

const PRICE = 12_960_000n
const COLLATERAL = 1_296_000n
const OWNER = 19

describe("berth verifiers, attest, reservations sign and claim", function () {
  this.timeout(300_000)
  let w: CommandWorld
  let [tenant, one, two] = ["0x", "0x", "0x"] as [Address, Address, Address]

  const reserved = async (term: number, ...flags: string[]): Promise<{ id: string; startDay: number }> => {
    const { id, quote } = await w.json("tenant", "reserve", "--quote", await w.quoteFile(tenant, { term }), "--yes", ...flags)
    return { id, startDay: quote.startDay }
  }
  const path = (name: string) => join(w.dir, name)
  // biome-ignore lint/suspicious/noExplicitAny: a file that the program wrote
  const read = (name: string): any => JSON.parse(readFileSync(path(name), "utf8"))

  before(async () => {
    w = await CommandWorld.start()
    await w.profile("operator", 1)
    await w.profile("owner", OWNER)
    tenant = await w.profile("tenant")
    one = await w.profile("one")
    two = await w.profile("two")
    await w.json("operator", "account", "deposit", "500")
    await w.json("operator", "stake", "deposit", "400")
    await w.json("operator", "stake", "lockable", w.node.address, "400")
    await w.json("tenant", "account", "deposit", "900")
  })
  after(() => w?.stop())

  it("the owner names verifiers, with its wallet or as a call for a multisig", async () => {
    expect(await w.json("one", "verifiers")).equal(null)
    expect((await w.refused("tenant", "verifiers", "add", "2", one, two)).error).include({ code: "reverted" })
    expect((await w.refused("owner", "verifiers", "add", "3", one, two)).error.message).contain("3 of 2 is no quorum")
    expect((await w.refused("owner", "verifiers", "add", "x", one)).error).include({ code: "usage" })
    const call = await w.json("nobody", "verifiers", "add", "1", two, one, "--call")
    await w.chain.client.waitForTransactionReceipt({ hash: await w.chain.client.sendTransaction({ to: call.to, data: call.data }) })
    expect(await w.json("one", "verifiers")).deep.equal({ id: 1, threshold: 1, members: [one, two].sort() })
    expect(await w.json("owner", "verifiers", "add", "2", two, one)).include({ id: 2 })
    expect((await w.berth("one", "verifiers")).stdout)
      .contain("set 2: 2 of 2 must sign")
      .and.contain(one)
    expect(await w.json("one", "verifiers", "1")).include({ threshold: 1 })
  })

  it("a holder's agent signs for days in a file, and anybody posts it, once", async () => {
    const { id, startDay } = await reserved(4)
    expect((await w.refused("tenant", "reservations", "sign", id)).error.message).contain("no day of reservation")
    await w.nextNoon(2)
    const shown = await w.json("tenant", "reservations", "sign", id, "--save", path("days.json"))
    expect(read("days.json")).deep.equal(shown)
    expect(shown).include({ version: 1, reservation: id })
    const [{ firstDay, served }] = shown.claims
    expect([firstDay, served.length]).deep.equal([startDay, 2])
    expect((await w.refused("one", "reservations", "sign", id)).error).include({ code: "no_reservation" })

    const bent = { ...shown, claims: [{ ...shown.claims[0], served: [served[0], served[1] === 5 ? 6 : 5] }] }
    expect((await w.refused("operator", "reservations", "claim", w.file("bent.json", bent))).error).include({ code: "bad_signature" })
    const elsewhere = w.file("elsewhere.json", { ...shown, chainId: 1 })
    expect((await w.refused("operator", "reservations", "claim", elsewhere)).error).include({ code: "wrong_market" })
    for (const wrong of [{}, { ...shown, claims: [] }, { ...shown, claims: [{ ...shown.claims[0], served: [1_441] }] }])
      expect((await w.refused("operator", "reservations", "claim", w.file("wrong.json", wrong))).error).include({ code: "malformed" })
    expect((await w.refused("operator", "reservations", "claim", path("none.json"))).error).include({ code: "not_found" })

    const paid = served.reduce((sum: bigint, minutes: number) => sum + servedAmount(PRICE, minutes), 0n)
    const [done] = await w.json("operator", "reservations", "claim", path("days.json"))
    expect(done).include({ paid: `${paid}`, collateral: `${2n * COLLATERAL}`, owed: `${2n * PRICE - paid}` })
    expect((await w.refused("operator", "reservations", "claim", path("days.json"))).error.message).contain("is resolved")
  })

  it("days for which nobody signs are claimed by anybody, all that are open or those that are named", async () => {
    const { id, startDay } = await reserved(5, "--signer", "nobody")
    expect((await w.refused("one", "reservations", "claim-unsigned", id)).error.message).contain("over and open")
    await w.nextNoon(4)
    const first = await w.json("one", "reservations", "claim-unsigned", id, "--from", `${startDay}`, "--days", "1")
    expect(first).include({ firstDay: startDay, count: 1, paid: `${PRICE}` })
    const rest = await w.json("one", "reservations", "claim-unsigned", id)
    expect(rest).include({ firstDay: startDay + 1, count: 3, paid: `${3n * PRICE}`, collateral: `${3n * COLLATERAL}`, owed: "0" })
    const again = await w.refused("one", "reservations", "claim-unsigned", id, "--from", `${startDay}`, "--days", "2")
    expect(again.error.message).contain("is resolved")
    expect((await w.refused("one", "reservations", "claim-unsigned", id, "--days", "0")).error).include({ code: "usage" })
    const signed = await reserved(2)
    await w.nextNoon(1)
    expect((await w.refused("one", "reservations", "claim-unsigned", signed.id)).error.message).contain("it is not paid unsigned")
  })

  it("verifiers sign for a day that the holder was silent about; anybody puts their files together", async () => {
    const { id, startDay } = await reserved(2)
    const other = await reserved(2)
    const sign = (profile: string, of: string, ...more: string[]) => w.json(profile, "attest", "days", of, `${startDay}`, ...more)
    expect((await w.refused("one", "attest", "days", id, `${startDay}`)).error.message).contain("not over")
    // From two days before the end of the eight in which it can be claimed.
    await w.nextNoon(7)
    expect((await w.refused("tenant", "attest", "days", id, `${startDay}`)).error.message).contain("is no member of verifier set 2")
    expect(await sign("one", id, "--save", path("one.json"))).deep.equal(read("one.json"))
    await sign("two", other.id, "--save", path("other.json"))

    expect(await w.json("tenant", "attest", "post", path("one.json"), "--check")).deep.include({ reached: false, waiting: [two] })
    const few = await w.refused("tenant", "attest", "post", path("one.json"))
    expect(few.error.message).contain("1 of set 2 signed")
    expect(few.error.hint).contain(two)
    const mixed = await w.refused("tenant", "attest", "post", path("one.json"), path("other.json"))
    expect(mixed.error.message).match(/one\.json is about .*, and .*other\.json about/)
    expect((await w.refused("tenant", "attest", "post", path("one.json"), path("one.json"))).error.message).contain("is there twice")
    const forged = w.file("forged.json", { ...read("one.json"), member: two })
    expect((await w.refused("tenant", "attest", "post", path("one.json"), forged)).error).include({ code: "bad_signature" })
    const neither = w.file("neither.json", { ...read("one.json"), servedDays: undefined })
    expect((await w.refused("tenant", "attest", "post", neither)).error.message).contain("either servedDays or attestation")

    await sign("two", id, "--save", path("two.json"))
    expect(await w.json("tenant", "attest", "post", path("two.json"), path("one.json"), "--check")).include({ reached: true })
    const done = await w.json("tenant", "attest", "post", path("two.json"), path("one.json"))
    expect(done).include({ paid: `${PRICE}`, collateral: `${COLLATERAL}` })
    expect((await w.berth("tenant", "reservations", id)).stdout).match(/paid .* by verifiers/)
  })

  it("verifiers attest a day's root, and a leaf is proven under it while it counts", async () => {
    const day = `${(await w.today()) - 1}`
    const leaves = ["a", "b", "c"].map(keccakText)
    const root = bytesToHex(merkleRoot(leaves))
    const proof = { day: Number(day), leaf: leaves[1], index: 1, proof: merkleProof(leaves, 1) }
    expect(await w.json("tenant", "attest", "show", day)).equal(null)
    expect((await w.refused("one", "attest", "root", day, "0x12")).error).include({ code: "usage" })
    await w.json("one", "attest", "root", day, root, "--save", path("root-one.json"))
    await w.json("two", "attest", "root", day, root, "--save", path("root-two.json"))
    await w.json("tenant", "attest", "post", path("root-one.json"), path("root-two.json"))
    expect(await w.json("tenant", "attest", "show", day)).include({ root, set: 2, expired: false })
    expect((await w.refused("tenant", "attest", "post", path("root-one.json"), path("root-two.json"))).error.message).contain(
      "is attested for",
    )
    expect(await w.json("tenant", "attest", "proof", w.file("proof.json", proof))).deep.equal({ attested: true })
    const wrong = await w.berth("tenant", "attest", "proof", w.file("wrong-proof.json", { ...proof, index: 2 }))
    expect([wrong.code, wrong.stdout]).deep.equal([1, `not under the root of ${dateOf(Number(day))}, or that has expired\n`])
    await w.nextNoon(3)
    expect((await w.berth("tenant", "attest", "proof", path("proof.json"))).code).equal(1)
  })
})

function dateOf(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}
