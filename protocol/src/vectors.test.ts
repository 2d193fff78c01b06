import { readFileSync } from "node:fs"
import { expect } from "chai"
import { concat, type Hex, hashDomain, hashStruct, hashTypedData, keccak256, recoverAddress, stringToHex } from "viem"
import { privateKeyToAddress } from "viem/accounts"
import {
  naiveAmount,
  naiveAnchorLeaf,
  naiveDayRoot,
  naivePack,
  naiveProofRoot,
  naiveReadBatch,
  naiveRecordLeaf,
  naiveRecordsHash,
  naiveReservationId,
  naiveRoot,
  naiveServed,
  naiveShare,
  naiveTab,
  naiveTermsLeaf,
} from "../naive.ts"
import { unpackAnchor } from "./anchor.ts"
import { bytesToHex, hexToBytes } from "./bytes.ts"
import { amountBetween } from "./money.ts"
import { packRecord } from "./record.ts"
import { unpackServed } from "./served.ts"
import { domainOf, TYPES } from "./typed-data.ts"

// biome-ignore lint/suspicious/noExplicitAny: a file's shape is what the test is about
type Json = any
const read = (name: string): Json => JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"))

/** viem's own digest, from the struct as docs/formats.md gives it. */
function viemDigest(market: Json, primaryType: string, message: Json): Hex {
  return hashTypedData({ domain: domainOf(market), types: TYPES, primaryType, message } as never)
}

async function expectSignedBy(digest: Hex, signature: Hex, address: Hex) {
  const yParity = Number(BigInt(`0x${signature.slice(66, 68)}`) >> 7n)
  const vs = hexToBytes(`0x${signature.slice(66)}`)
  vs[0]! &= 0x7f
  const recovered = await recoverAddress({ hash: digest, signature: { r: signature.slice(0, 66) as Hex, s: bytesToHex(vs), yParity } })
  expect(recovered.toLowerCase()).equal(address)
}

describe("vectors, against an independent implementation and viem", () => {
  it("ids", () => {
    const { tabs, domains, addresses } = read("ids")
    for (const t of tabs) expect(naiveTab(t.chainId, t.contract, t.signer, t.node)).equal(t.tab)
    for (const d of domains) {
      const types = { EIP712Domain: ["name:string", "version:string", "chainId:uint256", "verifyingContract:address"].map(field) }
      expect(hashDomain({ domain: domainOf(d), types } as never)).equal(d.domainSeparator)
    }
    for (const a of addresses) expect(privateKeyToAddress(a.privateKey).toLowerCase()).equal(a.address)
  })

  it("amounts, up to the limits", () => {
    const { records, tooLarge, slices, fees } = read("amounts")
    const amount = (c: Json) => naiveAmount(BigInt(c.msAfter), BigInt(c.price)) - naiveAmount(BigInt(c.msBefore), BigInt(c.price))
    for (const c of records) {
      expect(amount(c)).equal(BigInt(c.amount))
      expect(amountBetween(BigInt(c.msBefore), BigInt(c.msAfter), BigInt(c.price))).equal(BigInt(c.amount))
    }
    for (const c of tooLarge) {
      const record = { block: 1n, leaseNo: 1, cumulativeMs: BigInt(c.msAfter), amount: amount(c), requests: 0, tokens: 0n }
      expect(() => packRecord(record)).throw(RangeError, "does not fit u64")
    }
    const sum = slices.parts.reduce((total: bigint, part: Json) => total + BigInt(part.amount), 0n)
    expect(sum).equal(BigInt(slices.total))
    for (const f of fees) expect(BigInt(f.fee)).equal((BigInt(f.total) * BigInt(f.bps)) / 10_000n)
  })

  it("leaves and tabBlockRoots", () => {
    const { publicTerms, terms, records, anchors, receipts } = read("leaves")
    for (const t of publicTerms) expect(hashStruct({ types: TYPES, primaryType: "PublicTerms", data: t })).equal(t.publicTermsHash)
    for (const t of terms) expect(naiveTermsLeaf(t.tab, t.leaseNo, t.publicTermsHash)).equal(t.leaf)
    for (const r of records) {
      expect(naivePack(r)).equal(r.packed)
      expect(naiveRecordLeaf(r.tab, r.seq, r)).equal(r.leaf)
    }
    for (const a of anchors) expect(naiveAnchorLeaf(a.tab, a.seq, a.root)).equal(a.leaf)
    for (const r of receipts) expect(naiveBlockRoot(r)).equal(r.tabBlockRoot)
  })

  it("merkle roots and proofs", () => {
    for (const tree of read("merkle")) {
      expect(naiveRoot(tree.leaves)).equal(tree.root)
      for (const p of tree.proofs) expect(naiveProofRoot(p.leaf, p.index, p.proof)).equal(tree.root)
    }
  })

  it("day trees and proofs", () => {
    const { trees, full } = read("day-tree")
    for (const tree of trees) {
      expect(naiveDayRoot(tree.leaves)).equal(tree.root)
      for (const p of tree.proofs) {
        expect(p.proof).lengthOf(16)
        expect(naiveProofRoot(p.leaf, p.index, p.proof)).equal(tree.root)
      }
    }
    expect(naiveProofRoot(full.leaf, full.index, full.proof)).equal(full.root)
  })

  it("receipts: recordsHash, digest and both signatures", async () => {
    for (const v of read("receipts")) {
      expect(naiveRecordsHash(v.opening)).equal(v.receipt.recordsHash)
      expect(viemDigest(v.market, "Receipt", v.receipt)).equal(v.digest)
      await expectSignedBy(v.digest, v.signatures.node, v.receipt.node)
      await expectSignedBy(v.digest, v.signatures.signer, v.signerAddress)
    }
  })

  it("every other EIP-712 struct", async () => {
    for (const v of read("typed-data")) {
      expect(keccak256(stringToHex(v.privateTerms.json))).equal(v.privateTerms.hash)
      for (const type of ["Quote", "LeaseTerms", "Session", "TabClose", "TabConsent", "NodeRegistration"]) {
        expect(viemDigest(v.market, type, v[type].message), type).equal(v[type].digest)
        if (v[type].signature) await expectSignedBy(v[type].digest, v[type].signature, v[type].by)
      }
    }
  })

  it("reservations: quotes, claims, cancels and attestations", async () => {
    const { signed } = read("reservations")
    for (const { market, ...structs } of signed)
      for (const [type, samples] of Object.entries<Json>(structs))
        for (const v of samples) {
          expect(viemDigest(market, type, v.message), type).equal(v.digest)
          await expectSignedBy(v.digest, v.signature, v.by)
        }
  })

  it("reservations: ids and served minutes", () => {
    const { ids, served } = read("reservations")
    for (const v of ids) expect(naiveReservationId(v.node, v.nonce)).equal(BigInt(v.id))
    for (const v of served) {
      expect(naiveServed(v.minutes)).equal(v.packed)
      expect(unpackServed(hexToBytes(v.packed))).deep.equal(v.minutes)
    }
  })

  it("reservations: money, to the credit", () => {
    const { costs, days, shares, lists, terms } = read("reservations")
    const share = (part: Json, whole: Json, of: Json) => naiveShare(BigInt(part), BigInt(whole), BigInt(of))
    for (const v of costs) {
      const collateral = share(v.pricePerDay, v.collateralBps, 10_000)
      expect(collateral).equal(BigInt(v.collateralPerDay))
      expect([BigInt(v.pricePerDay) * BigInt(v.term), collateral * BigInt(v.term)]).deep.equal([BigInt(v.price), BigInt(v.collateral)])
      expect(share(BigInt(v.listPricePerDay) - BigInt(v.pricePerDay), 10_000, v.listPricePerDay)).equal(BigInt(v.discountBps))
    }
    for (const v of days) expect(share(v.pricePerDay, v.minutes, 1_440)).equal(BigInt(v.amount))
    for (const v of shares) expect(share(v.left, v.bps, 10_000)).equal(BigInt(v.amount))
    for (const v of lists) {
      expect(share(v.price, v.gpus * 24, 1)).equal(BigInt(v.list))
      for (const d of v.discounted) expect(share(v.list, 10_000 - d.bps, 10_000)).equal(BigInt(d.price))
    }
    for (const v of terms.cases) {
      const reached = terms.discounts.filter((d: Json) => d.term <= v.term)
      expect(reached.at(-1)?.bps ?? 0).equal(v.bps)
    }
  })

  it("every EIP-712 struct is written in docs/formats.md as it is hashed", () => {
    const text = readFileSync(new URL("../../docs/formats.md", import.meta.url), "utf8")
    for (const [name, fields] of Object.entries(TYPES))
      expect(text).contain(`\`${name}(${fields.map((f) => `${f.type} ${f.name}`).join(",")})\``)
  })

  it("settlement batches", () => {
    for (const { lines, batch } of read("settlement").batches) {
      const found = naiveReadBatch(batch).map((line) => JSON.stringify(line, (_, v) => (typeof v === "bigint" ? v.toString() : v)))
      expect(found).members(lines.map((line: Json) => JSON.stringify(line)))
    }
  })

  it("anchors", () => {
    for (const { entries, packed, root } of read("anchors")) {
      expect(naiveRoot(entries.map((e: Json) => naiveAnchorLeaf(e.tab, e.seq, naiveBlockRoot(e))))).equal(root)
      const expected = entries.map((e: Json) =>
        concat([e.tab, ...e.terms.map((t: Json) => t.publicTermsHash), ...e.records.map(naivePack)]),
      )
      const unpacked = unpackAnchor(hexToBytes(packed)).map((e) =>
        concat([bytesToHex(e.tab), ...e.terms.map((t) => bytesToHex(t.publicTermsHash)), ...e.records.map(naivePack)]),
      )
      expect(unpacked).deep.equal(expected)
    }
  })
})

function naiveBlockRoot(r: Json): Hex {
  const terms = r.terms.map((t: Json) => naiveTermsLeaf(r.tab, t.leaseNo, t.publicTermsHash))
  return naiveRoot([...terms, ...r.records.map((record: Json) => naiveRecordLeaf(r.tab, r.seq, record))])
}

function field(text: string) {
  const [name, type] = text.split(":")
  return { name: name!, type: type! }
}
