// Every field of a receipt as it crosses the wire, and how a test changes it.
import type { WireProposal } from "@berth/protocol/wire"
import fc from "fast-check"

type Path = readonly (string | number)[]

export interface Field {
  readonly name: string
  readonly path: Path
  readonly value: number | bigint | Uint8Array
}

export interface FieldChange {
  /** A copy with this one field changed. */
  apply(wire: WireProposal): WireProposal
  toString(): string
}

export function fieldsOf(wire: WireProposal): Field[] {
  const found: Field[] = []
  const walk = (value: unknown, path: Path) => {
    if (typeof value === "number" || typeof value === "bigint" || value instanceof Uint8Array)
      found.push({ name: path.join("."), path, value })
    else if (Array.isArray(value)) value.forEach((v, i) => void walk(v, [...path, i]))
    else for (const [key, v] of Object.entries(value as object)) walk(v, [...path, key])
  }
  walk(wire, [])
  return found
}

/** Other values of a field: near the true one and far from it; bytes with one bit flipped, cut, or lengthened. */
export function changes({ name, path, value }: Field): fc.Arbitrary<FieldChange> {
  return others(value).map((other) => ({
    apply: (wire) => put(wire, path, other) as WireProposal,
    toString: () => `${name} = ${other instanceof Uint8Array ? Buffer.from(other).toString("hex") : other}`,
  }))
}

function others(value: Field["value"]): fc.Arbitrary<Field["value"]> {
  if (typeof value === "number")
    return fc.oneof(fc.constantFrom(value + 1, Math.max(value - 1, 0), 0, 0xffffffff), fc.nat(0xffffffff)).filter((v) => v !== value)
  if (typeof value === "bigint")
    return fc
      .oneof(fc.constantFrom(value + 1n, value > 0n ? value - 1n : 0n, 0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n))
      .filter((v) => v !== value)
  const flipped = fc.nat(value.length * 8 - 1).map((bit) => {
    const bytes = value.slice()
    bytes[bit >> 3]! ^= 1 << (bit & 7)
    return bytes
  })
  return fc
    .oneof(flipped, fc.constantFrom(value.subarray(1), new Uint8Array(value.length), new Uint8Array([...value, 0])))
    .filter((bytes) => Buffer.compare(bytes, value) !== 0)
}

function put(node: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(node)) return node.map((v, i) => (i === key ? put(v, rest, value) : v))
  const at = node as Record<string, unknown>
  return { ...at, [key]: put(at[key as string], rest, value) }
}

/**
 * Whether a changed receipt is one that an honest node could have sent: a later block of the same work, or less ahead. Only under a new
 * signature: the old one covers every field.
 */
export function isSound(sent: WireProposal, honest: WireProposal, oldSignature: boolean): boolean {
  if (oldSignature) return false
  const others = (w: WireProposal) =>
    JSON.stringify({ ...w, block: 0, amount: 0, nodeSignature: 0 }, (_, v) => (typeof v === "bigint" ? `${v}` : v))
  if (others(sent) !== others(honest)) return false
  const laterBlock = sent.amount === honest.amount && sent.block >= honest.block
  const lessAhead = sent.block === honest.block && sent.amount >= sent.used && sent.amount <= honest.amount
  return laterBlock || lessAhead
}
