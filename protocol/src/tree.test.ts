import { expect } from "chai"
import fc from "fast-check"
import { naiveDayRoot, naiveRoot } from "../naive.ts"
import { bytesToHex, ZERO32 } from "./bytes.ts"
import { keccakText } from "./keccak.ts"
import { DAY_TREE_DEPTH, DayTree, dayTreeProof, hashPair, merkleProof, merkleRoot, verifyDayProof, verifyProof } from "./tree.ts"

const leavesOf = (count: number, seed = 0) => Array.from({ length: count }, (_, i) => keccakText(`${seed}/${i}`))
const grown = (leaves: readonly Uint8Array[]) => leaves.reduce((tree, leaf) => tree.append(leaf), DayTree.empty())

describe("trees", () => {
  it("Merkle: the naive root at every size, and a proof for every leaf and for no other place", () => {
    for (let size = 0; size <= 40; size++) {
      const leaves = leavesOf(size)
      const root = merkleRoot(leaves)
      expect(bytesToHex(root)).equal(naiveRoot(leaves.map((l) => bytesToHex(l))))
      for (const [index, leaf] of leaves.entries()) {
        const proof = merkleProof(leaves, index)
        expect(verifyProof(root, leaf, index, proof)).equal(true)
        for (const wrong of [index ^ 1, index + 2 ** proof.length, index + 0.5, -1 - index, Number.NaN]) {
          expect(verifyProof(root, leaf, wrong, proof), `${index} as ${wrong} of ${size}`).equal(false)
        }
      }
    }
  })

  it("a proof of more siblings than an index has bits is refused", () => {
    const leaf = keccakText("leaf")
    const proof = Array.from({ length: 33 }, (_, i) => keccakText(`${i}`))
    const root = proof.reduce((node, sibling) => hashPair(node, sibling), leaf)
    expect(verifyProof(root, leaf, 0, proof)).equal(false)
  })

  it("day tree: equals the naive tree after each append, and appending changes no earlier tree", () => {
    let tree = DayTree.empty()
    const leaves: Uint8Array[] = []
    for (const leaf of leavesOf(70)) {
      const before = tree.root()
      const next = tree.append(leaf)
      expect(tree.root()).deep.equal(before)
      tree = next
      leaves.push(leaf)
      expect(bytesToHex(tree.root())).equal(naiveDayRoot(leaves.map((l) => bytesToHex(l))))
      expect(tree.size).equal(leaves.length)
    }
  })

  it("day tree: proofs have 16 siblings, a shorter one that hides an inner node does not pass", () => {
    const leaves = leavesOf(9)
    const root = grown(leaves).root()
    for (const [index, leaf] of leaves.entries()) {
      const proof = dayTreeProof(leaves, index)
      expect(proof).lengthOf(DAY_TREE_DEPTH)
      expect(verifyDayProof(root, leaf, index, proof)).equal(true)
      const inner = index & 1 ? hashPair(proof[0]!, leaf) : hashPair(leaf, proof[0]!)
      expect(verifyProof(root, inner, index >> 1, proof.slice(1))).equal(true)
      expect(verifyDayProof(root, inner, index >> 1, proof.slice(1))).equal(false)
    }
    expect(() => dayTreeProof(leaves, 9)).throw(RangeError)
  })

  it("day tree: full at 65,536 leaves", function () {
    this.timeout(10_000)
    const leaf = keccakText("leaf")
    let tree = DayTree.empty()
    let expected = leaf
    for (let i = 0; i < 2 ** DAY_TREE_DEPTH; i++) tree = tree.append(leaf)
    for (let height = 0; height < DAY_TREE_DEPTH; height++) expected = hashPair(expected, expected)
    expect(tree.root()).deep.equal(expected)
    expect(DayTree.decode(tree.encode()).root()).deep.equal(expected)
    expect(() => tree.append(leaf)).throw(RangeError, "full")
  })

  it("day tree: goes on after encode and decode", () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(10), (before, after) => {
        const leaves = leavesOf(before + after)
        const kept = DayTree.decode(grown(leaves.slice(0, before)).encode())
        const root = leaves
          .slice(before)
          .reduce((tree, leaf) => tree.append(leaf), kept)
          .root()
        expect(root).deep.equal(grown(leaves).root())
      }),
      { numRuns: 30 },
    )
    expect(() => DayTree.decode(new Uint8Array(5))).throw(RangeError)
    expect(merkleRoot([])).deep.equal(ZERO32)
  })
})
