import { ByteWriter, equalBytes, ZERO32 } from "./bytes.ts"
import { keccak } from "./keccak.ts"

/** 65,536 receipts a day; one every 2 s needs 43,200. */
export const DAY_TREE_DEPTH = 16

const pair = new Uint8Array(64)

/** Inner node: keccak256(left | right). */
export function hashPair(left: Uint8Array, right: Uint8Array): Uint8Array {
  pair.set(left, 0)
  pair.set(right, 32)
  return keccak(pair)
}

/** Root of leaves padded with zero to the next power of two. One leaf is its own root; none gives 32 zero bytes. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  return (leaves.length > 1 ? merkleLevels(leaves).at(-1)![0] : leaves[0]) ?? ZERO32
}

/** Siblings of the leaf at `index`, from the leaf up. Throws a RangeError for an index outside the tree. */
export function merkleProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index} of ${leaves.length}`)
  return merkleLevels(leaves)
    .slice(0, -1)
    .map((level, height) => level[(index >> height) ^ 1]!)
}

/** The root that `leaf` at `index` leads to over `proof`. Bit i of the index tells on which side the node at level i stands. */
export function rootFromProof(leaf: Uint8Array, index: number, proof: readonly Uint8Array[]): Uint8Array {
  return proof.reduce((node, sibling, height) => ((index >> height) & 1 ? hashPair(sibling, node) : hashPair(node, sibling)), leaf)
}

/** Whether `leaf` stands at `index` in the tree with this root. The index must fit the proof's length, which is 31 at most. */
export function verifyProof(root: Uint8Array, leaf: Uint8Array, index: number, proof: readonly Uint8Array[]): boolean {
  if (!Number.isInteger(index) || index < 0 || proof.length > 31 || index >= 2 ** proof.length) return false
  return equalBytes(root, rootFromProof(leaf, index, proof))
}

/**
 * Whether `leaf` (a tabBlockRoot) is the day's leaf `index`. The proof must have 16 siblings: a tabBlockRoot is itself a node's hash, so a
 * shorter proof could pass an inner node of the day off as one.
 */
export function verifyDayProof(treeRoot: Uint8Array, leaf: Uint8Array, index: number, proof: readonly Uint8Array[]): boolean {
  return proof.length === DAY_TREE_DEPTH && verifyProof(treeRoot, leaf, index, proof)
}

/** Append-only tree of fixed depth 16 over a day's tabBlockRoots; append and root cost O(depth), whatever the size. */
export class DayTree {
  readonly size: number
  /** At height h, the left node that waits for its right brother. 32 zero bytes where none does. */
  readonly #branch: readonly Uint8Array[]

  private constructor(size: number, branch: readonly Uint8Array[]) {
    this.size = size
    this.#branch = branch
  }

  static empty(): DayTree {
    return new DayTree(
      0,
      Array.from({ length: DAY_TREE_DEPTH }, () => ZERO32),
    )
  }

  get full(): boolean {
    return this.size >= 2 ** DAY_TREE_DEPTH
  }

  /** A new tree with one leaf more; this one stays as it is, so that a proposal can be dropped. Throws a RangeError when full. */
  append(leaf: Uint8Array): DayTree {
    if (this.full) throw new RangeError("the day tree is full")
    const branch = this.#branch.slice()
    let node = leaf
    let height = 0
    for (let size = this.size; size & 1; size >>= 1, height++) node = hashPair(branch[height]!, node)
    // The tree's 65,536th leaf completes it: its root is kept in the last place.
    branch[Math.min(height, DAY_TREE_DEPTH - 1)] = node
    return new DayTree(this.size + 1, branch)
  }

  root(): Uint8Array {
    if (this.full) return this.#branch[DAY_TREE_DEPTH - 1]!
    let node: Uint8Array = ZERO32
    let empty = true
    for (let height = 0, size = this.size; height < DAY_TREE_DEPTH; height++, size >>= 1) {
      if (size & 1) {
        node = hashPair(this.#branch[height]!, node)
        empty = false
      } else if (empty) node = ZERO_NODES[height + 1]!
      else node = hashPair(node, ZERO_NODES[height]!)
    }
    return node
  }

  /** `size u32 | 16 nodes of 32 bytes`, for a store. */
  encode(): Uint8Array {
    const out = new ByteWriter(4 + DAY_TREE_DEPTH * 32).u32(this.size)
    for (const node of this.#branch) out.bytes(node)
    return out.done()
  }

  static decode(bytes: Uint8Array): DayTree {
    if (bytes.length !== 4 + DAY_TREE_DEPTH * 32)
      throw new RangeError(`a day tree is ${4 + DAY_TREE_DEPTH * 32} bytes, not ${bytes.length}`)
    const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)
    return new DayTree(
      size,
      Array.from({ length: DAY_TREE_DEPTH }, (_, i) => bytes.slice(4 + i * 32, 36 + i * 32)),
    )
  }
}

/** Proof of leaf `index` in the day tree over `leaves`: always 16 siblings. */
export function dayTreeProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index} of ${leaves.length}`)
  const proof: Uint8Array[] = []
  let level = leaves.slice()
  for (let height = 0; height < DAY_TREE_DEPTH; height++) {
    const zero = ZERO_NODES[height]!
    proof.push(level[(index >> height) ^ 1] ?? zero)
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) => hashPair(level[2 * i]!, level[2 * i + 1] ?? zero))
  }
  return proof
}

/** Root of an empty subtree of each height. */
const ZERO_NODES: readonly Uint8Array[] = zeroNodes()

function zeroNodes(): Uint8Array[] {
  const nodes: Uint8Array[] = [ZERO32]
  for (let height = 0; height < DAY_TREE_DEPTH; height++) nodes.push(hashPair(nodes[height]!, nodes[height]!))
  return nodes
}

function merkleLevels(leaves: readonly Uint8Array[]): Uint8Array[][] {
  if (leaves.length === 0) return []
  const width = 2 ** Math.ceil(Math.log2(leaves.length))
  let level = Array.from({ length: width }, (_, i) => leaves[i] ?? ZERO32)
  const levels = [level]
  while (level.length > 1) {
    const below = level
    level = Array.from({ length: below.length / 2 }, (_, i) => hashPair(below[2 * i]!, below[2 * i + 1]!))
    levels.push(level)
  }
  return levels
}
