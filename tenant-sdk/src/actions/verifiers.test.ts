// Verifiers with wallets of their own: who they are, what they sign, how it is put together, and what the contract says of it.
import { type Address, bytesToHex, keccakText, merkleProof, merkleRoot, structHashOf } from "@berth/protocol"
import { expect } from "chai"
import { http } from "viem"
import { toAccount } from "viem/accounts"
import { addressIn, expectError, PRICE, ReservationWorld } from "../../../test/support/reservation-world.ts"
import { type BerthClient, createBerthClient } from "../client.ts"
import { addVerifierSet } from "./addVerifierSet.ts"
import { attest } from "./attest.ts"
import { attestation } from "./attestation.ts"
import { attestDays } from "./attestDays.ts"
import { checkQuorum } from "./checkQuorum.ts"
import { collectQuorum } from "./collectQuorum.ts"
import { isAttested } from "./isAttested.ts"
import { signAttestation } from "./signAttestation.ts"
import { signServedDays } from "./signServedDays.ts"
import { verifierSet } from "./verifierSet.ts"

const OWNER = 19

describe("verifiers with their wallets", function () {
  this.timeout(120_000)
  let w: ReservationWorld
  let owner: BerthClient
  let verifiers: readonly BerthClient[]
  let members: readonly Address[]

  before(async () => {
    w = await ReservationWorld.start()
    owner = w.client(OWNER)
    verifiers = [4, 5, 6].map((index) => w.client(index))
    members = verifiers.map(addressIn).sort()
  })
  after(() => w?.stop())

  describe("given no set", () => {
    it("nobody can sign or attest, and that is said", async () => {
      expect(await verifierSet(w.tenant)).equal(undefined)
      const root = { day: (await w.today()) - 1, root: keccakText("root") }
      await expectError(signAttestation(verifiers[0]!, root), "usage", "has no verifiers")
      await expectError(attest(w.buyer, { ...root, signatures: [] }), "usage", "has no verifiers")
      await expectError(verifierSet(w.tenant, { id: 1 }), "reverted", "no verifier set 1")
    })
  })

  describe("a set", () => {
    it("is the owner's to add: members are sorted for the contract", async () => {
      const given = [...members].reverse().map((m) => m.toUpperCase().replace("0X", "0x") as Address)
      await expectError(addVerifierSet(w.tenant, { threshold: 2, members: given }), "reverted", "is not the owner")
      const { id } = await addVerifierSet(owner, { threshold: 2, members: given })
      expect(await verifierSet(w.tenant)).deep.equal({ id, threshold: 2, members })
      expect(await verifierSet(w.tenant, { id })).deep.equal({ id, threshold: 2, members })
    })

    it("that can't be one is refused before anything is sent", async () => {
      const add = (threshold: number, given: readonly Address[]) => addVerifierSet(owner, { threshold, members: given })
      await expectError(add(4, members), "usage", "4 of 3 is no quorum")
      await expectError(add(0, members), "usage", "0 of 3 is no quorum")
      await expectError(add(1, []), "usage", "1 of 0 is no quorum")
      await expectError(add(1.5, members), "usage", "1.5 of 3")
      await expectError(add(1, [members[0]!, members[0]!]), "usage", "there twice")
      await expectError(add(1, [`0x${"00".repeat(20)}`]), "usage", "zero address")
      const many = Array.from({ length: 17 }, (_, i): Address => `0x${String(i + 1).padStart(40, "0")}`)
      await expectError(add(1, many), "usage", "at most 16")
    })
  })

  describe("a day that was served", () => {
    it("is signed by members only, when it is over and part of the reservation", async () => {
      const { id, startDay } = await w.made({ term: 3 })
      const days = { id, firstDay: startDay, count: 1 }
      await expectError(signServedDays(verifiers[0]!, days), "usage", "not over")
      await w.pass(1)
      await expectError(signServedDays(w.tenant, days), "usage", "is no member of verifier set")
      await expectError(signServedDays(verifiers[0]!, { ...days, count: 4 }), "usage", "1 to 3 days")
      await expectError(signServedDays(verifiers[0]!, { ...days, count: 0 }), "usage", "1 to 3 days")
      await expectError(signServedDays(verifiers[0]!, { ...days, firstDay: startDay - 1 }), "usage", "no part of the reservation")
      await expectError(signServedDays(verifiers[0]!, { ...days, firstDay: startDay + 2, count: 2 }), "usage", "no part of the reservation")
      await expectError(signServedDays(verifiers[0]!, { ...days, id: 1n }), "no_reservation")
      expect((await signServedDays(verifiers[0]!, days)).member).equal(addressIn(verifiers[0]!))
    })

    it("is paid once enough have signed, whoever brings it and in whatever order", async () => {
      const { id, startDay } = await w.made({ term: 1 })
      await w.pass(7)
      const days = { id, firstDay: startDay, count: 1 }
      const statement = { reservation: id, firstDay: startDay, count: 1 }
      const [one, two, three] = await Promise.all(verifiers.map((v) => signServedDays(v, days)))
      const first = await collectQuorum(w.buyer, { statement, signatures: [two!] })
      expect(first).deep.include({ reached: false, signed: [two!.member], waiting: members.filter((m) => m !== two!.member) })
      await expectError(attestDays(w.buyer, { ...days, signatures: [two!] }), "reverted", "1 of set 1 signed; 2 must")
      for (const signatures of [
        [one!, three!],
        [three!, one!],
        [three!, two!, one!],
      ]) {
        const quorum = await collectQuorum(w.buyer, { statement, signatures })
        expect(quorum.reached).equal(true)
        await checkQuorum(w.buyer, { ...quorum, set: quorum.set.id, structHash: structHashOf("ServedDays", statement) })
      }
      expect(await attestDays(w.buyer, { ...days, signatures: [three!, one!] })).include({ paid: PRICE })
      await expectError(attestDays(w.buyer, { ...days, signatures: [three!, one!] }), "reverted", "is resolved")
    })

    it("is not what was signed: another day, another reservation, one bit", async () => {
      const [{ id, startDay }, other] = [await w.made({ term: 2 }), await w.made({ term: 2 })]
      await w.pass(2)
      const statement = { reservation: id, firstDay: startDay, count: 1 }
      const { member, signature } = await signServedDays(verifiers[0]!, { id, firstDay: startDay, count: 1 })
      const collect = (changed: object, signed = signature) =>
        collectQuorum(w.buyer, { statement: { ...statement, ...changed }, signatures: [{ member, signature: signed }] })
      expect((await collect({})).signed).deep.equal([member])
      for (const changed of [{ firstDay: startDay + 1 }, { count: 2 }, { reservation: other.id }])
        await expectError(collect(changed), "bad_signature", `is not of member ${member}`)
      const bent = Uint8Array.from(signature)
      bent[5]! ^= 1
      await expectError(collect({}, bent), "bad_signature")
      await expectError(collect({}, signature.subarray(1)), "bad_signature")
    })
  })

  describe("a day's root", () => {
    it("is signed by members of the latest set, for a day that is over", async () => {
      const today = await w.today()
      const root = keccakText("root")
      await expectError(signAttestation(verifiers[0]!, { day: today, root }), "usage", "not over")
      await expectError(signAttestation(verifiers[0]!, { day: today - 1, root: root.subarray(1) }), "usage", "32 bytes, not 31")
      await expectError(signAttestation(verifiers[0]!, { day: today - 1, root: new Uint8Array(32) }), "usage", "zeros")
      await expectError(signAttestation(w.tenant, { day: today - 1, root }), "usage", "is no member")
    })

    it("is posted, proves its leaves for its time, and no other", async () => {
      const day = (await w.today()) - 1
      const leaves = ["a", "b", "c"].map(keccakText)
      const root = merkleRoot(leaves)
      expect(await attestation(w.buyer, { day })).equal(undefined)
      const leaf = { day, leaf: leaves[2]!, index: 2, proof: merkleProof(leaves, 2) }
      expect(await isAttested(w.buyer, leaf)).equal(false)
      const signatures = await Promise.all(verifiers.slice(1).map((v) => signAttestation(v, { day, root })))
      await attest(w.buyer, { day, root, signatures })
      const expiresAt = BigInt(day + 3) * 86_400n
      expect(await attestation(w.buyer, { day })).deep.equal({ day, root: bytesToHex(root), set: 1, expiresAt })
      expect(await isAttested(w.buyer, leaf)).equal(true)
      expect(await isAttested(w.buyer, { ...leaf, index: 3 })).equal(false)
      expect(await isAttested(w.buyer, { ...leaf, leaf: leaves[1]! })).equal(false)
      await expectError(isAttested(w.buyer, { ...leaf, index: 4 }), "reverted", "outside of a tree of height 2")
      await expectError(isAttested(w.buyer, { ...leaf, proof: [leaves[0]!.subarray(1)] }), "usage", "32 bytes each, not 31")
      await expectError(attest(w.buyer, { day, root, signatures }), "reverted", "is attested for")
      await w.pass(2)
      expect(await isAttested(w.buyer, leaf)).equal(false)
      await expectError(attest(w.buyer, { day: day - 1, root, signatures: await signed(day - 1, root) }), "reverted", "too long ago")
    })
  })

  describe("besides", () => {
    it("a quorum is checked for what it is", async () => {
      const day = (await w.today()) - 1
      const root = keccakText("checked")
      const {
        set,
        members: bitmap,
        signatures,
      } = await collectQuorum(w.buyer, {
        statement: { day, root },
        signatures: await signed(day, root),
      })
      const structHash = structHashOf("Attestation", { day, root: bytesToHex(root) })
      const check = (change: object) => checkQuorum(w.buyer, { set: set.id, structHash, members: bitmap, signatures, ...change })
      await check({})
      await expectError(check({ structHash: bytesToHex(root) }), "bad_signature", "is not of member")
      await expectError(check({ members: bitmap | 128n }), "reverted", "do not fit together")
      await expectError(check({ signatures: [] }), "reverted", "0 of set 1 signed; 2 must")
      await expectError(check({ set: 9 }), "reverted", "no verifier set 9")
    })

    it("a wallet that signs otherwise than with its own key is no verifier", async () => {
      const address = addressIn(verifiers[0]!)
      const smart = (signature: `0x${string}`) =>
        createBerthClient({
          deployment: { ...w.chain.deployment, startBlock: BigInt(w.chain.deployment.startBlock) },
          transport: http(w.chain.rpcUrl),
          account: toAccount({
            address,
            signMessage: async () => signature,
            signTransaction: async () => signature,
            signTypedData: async () => signature,
          }),
        })
      const root = { day: (await w.today()) - 1, root: keccakText("smart") }
      for (const signature of ["0x", `0x${"11".repeat(65)}`, `0x${"11".repeat(200)}`] as const)
        await expectError(signAttestation(smart(signature), root), "bad_signature", "no ECDSA signature")
    })

    it("an empty set ends it: nobody attests any more, older reservations keep theirs", async () => {
      const older = await w.made({ term: 1 })
      const { id } = await addVerifierSet(owner, { threshold: 0, members: [] })
      await w.pass(7)
      const root = { day: (await w.today()) - 1, root: keccakText("nobody") }
      await expectError(signAttestation(verifiers[0]!, root), "usage", "is no member")
      await expectError(attest(w.buyer, { ...root, signatures: [] }), "reverted", `verifier set ${id} has no members`)
      const days = { id: older.id, firstDay: older.startDay, count: 1 }
      const signatures = await Promise.all(verifiers.slice(1).map((v) => signServedDays(v, days)))
      expect(await attestDays(w.buyer, { ...days, signatures })).include({ paid: PRICE })
    })
  })

  const signed = (day: number, root: Uint8Array) => Promise.all(verifiers.slice(0, 2).map((v) => signAttestation(v, { day, root })))
})
