// A second implementation of docs/formats.md for the tests: short, slow, written from the text alone, on viem's encoders and keccak
// (JavaScript, not the WebAssembly of src/keccak.ts). It shares no code with src/.
import { concat, encodeAbiParameters, encodePacked, type Hex, keccak256, pad, size, slice, toHex } from "viem"

export const ZERO = pad("0x", { size: 32 })

export function naiveTab(chainId: number, contract: Hex, signer: Hex, node: Hex): Hex {
  const types = [{ type: "uint256" }, { type: "address" }, { type: "address" }, { type: "address" }] as const
  return keccak256(encodeAbiParameters(types, [BigInt(chainId), contract, signer, node]))
}

interface NaiveRecord {
  block: bigint | string
  leaseNo: number
  cumulativeMs: bigint | string
  amount: bigint | string
  requests: number
  tokens: bigint | string
}

export function naivePack(r: NaiveRecord): Hex {
  const values = [r.leaseNo, BigInt(r.cumulativeMs), BigInt(r.amount), r.requests, BigInt(r.tokens)] as const
  return encodePacked(["uint32", "uint64", "uint64", "uint32", "uint64"], values)
}

export function naiveRecordLeaf(tab: Hex, seq: number, r: NaiveRecord): Hex {
  return keccak256(concat(["0x01", tab, toHex(BigInt(r.block), { size: 8 }), toHex(seq, { size: 4 }), naivePack(r)]))
}

export function naiveTermsLeaf(tab: Hex, leaseNo: number, publicTermsHash: Hex): Hex {
  return keccak256(concat(["0x02", tab, toHex(leaseNo, { size: 4 }), publicTermsHash]))
}

export function naiveAnchorLeaf(tab: Hex, seq: number, root: Hex): Hex {
  return keccak256(concat(["0x03", tab, toHex(seq, { size: 4 }), root]))
}

/** Root over leaves padded with zero to `width`, by halving. */
export function naiveRoot(leaves: readonly Hex[], width = powerOfTwo(leaves.length)): Hex {
  if (width === 0) return ZERO
  if (width === 1) return leaves[0] ?? ZERO
  const half = width / 2
  return keccak256(concat([naiveRoot(leaves.slice(0, half), half), naiveRoot(leaves.slice(half), half)]))
}

function powerOfTwo(count: number): number {
  let width = count === 0 ? 0 : 1
  while (width < count) width *= 2
  return width
}

/** Root of the day tree: depth 16. Empty halves are computed once a depth. */
export function naiveDayRoot(leaves: readonly Hex[], depth = 16): Hex {
  if (leaves.length === 0) return emptyRoot(depth)
  if (depth === 0) return leaves[0]!
  const half = 2 ** (depth - 1)
  return keccak256(concat([naiveDayRoot(leaves.slice(0, half), depth - 1), naiveDayRoot(leaves.slice(half), depth - 1)]))
}

function emptyRoot(depth: number): Hex {
  return depth === 0 ? ZERO : keccak256(concat([emptyRootOnce(depth - 1), emptyRootOnce(depth - 1)]))
}

const once = new Map<number, Hex>()
function emptyRootOnce(depth: number): Hex {
  const known = once.get(depth) ?? emptyRoot(depth)
  once.set(depth, known)
  return known
}

export function naiveProofRoot(leaf: Hex, index: number, proof: readonly Hex[]): Hex {
  let node = leaf
  let at = BigInt(index)
  for (const sibling of proof) {
    node = keccak256(at % 2n === 1n ? concat([sibling, node]) : concat([node, sibling]))
    at /= 2n
  }
  return node
}

export function naiveRecordsHash(o: {
  tab: Hex
  seq: number
  block: bigint | string
  used: bigint | string
  treeSize: number
  treeRoot: Hex
  previousDayRecordsHash: Hex
}): Hex {
  const types = ["bytes32", "uint32", "uint64", "uint64", "uint32", "bytes32", "bytes32"].map((type) => ({ type }))
  return keccak256(
    encodeAbiParameters(types, [o.tab, o.seq, BigInt(o.block), BigInt(o.used), o.treeSize, o.treeRoot, o.previousDayRecordsHash]),
  )
}

/** floor(ms * price / 3,600,000). */
export function naiveAmount(ms: bigint, price: bigint): bigint {
  return naiveShare(ms, price, 3_600_000n)
}

/** floor(part * whole / of) by long division of decimal digits, so that no operator is shared with money.ts. */
export function naiveShare(part: bigint, whole: bigint, of: bigint): bigint {
  let rest = 0n
  let quotient = ""
  for (const digit of (part * whole).toString()) {
    rest = rest * 10n + BigInt(digit)
    let times = 0
    while (rest >= of) {
      rest -= of
      times++
    }
    quotient += times
  }
  return BigInt(quotient)
}

export function naiveReservationId(node: Hex, nonce: Hex): bigint {
  return BigInt(keccak256(encodeAbiParameters([{ type: "address" }, { type: "bytes32" }], [node, nonce])))
}

/** Two bytes a day, the high one first. */
export function naiveServed(minutes: readonly number[]): Hex {
  return `0x${minutes.map((served) => toHex(served, { size: 2 }).slice(2)).join("")}`
}

export interface NaiveLine {
  receipt: { node: Hex; day: number; gpuMs: bigint | string; amount: bigint | string; recordsHash: Hex }
  countersignature: Hex
}

/** A settlement batch read back; throws when bytes are left over. */
export function naiveReadBatch(batch: Hex): NaiveLine[] {
  const lines: NaiveLine[] = []
  let at = 0
  const take = (bytes: number) => {
    at += bytes
    return slice(batch, at - bytes, at)
  }
  while (at < size(batch)) {
    const node = take(20)
    const day = Number(take(4))
    for (let left = Number(take(2)); left > 0; left--) {
      const receipt = { node, day, gpuMs: BigInt(take(8)), amount: BigInt(take(8)), recordsHash: take(32) }
      lines.push({ receipt, countersignature: take(64) })
    }
  }
  return lines
}
