import { concat, keccak256, type TypedDataDomain, toBeHex, toUtf8Bytes, Wallet } from "ethers"
import { type CompactSignature, signStruct } from "./signing.ts"

export interface Line {
  gpuMs: bigint
  amount: bigint
  recordsHash: string
  signature: CompactSignature
}

export interface Group {
  node: string
  day: number
  lines: Line[]
}

/** `node 20 | day u32 | count u16 | count x (gpuMs u64 | amount u64 | recordsHash 32 | r 32 | vs 32)`, group after group. */
export function encodeBatch(...groups: Group[]): string {
  return concat(
    groups.flatMap(({ node, day, lines }) => [
      node,
      toBeHex(day, 4),
      toBeHex(lines.length, 2),
      ...lines.flatMap((line) => [toBeHex(line.gpuMs, 8), toBeHex(line.amount, 8), line.recordsHash, line.signature.r, line.signature.vs]),
    ]),
  )
}

/** A receipt's line as `wallet` signs it. `gpuMs` and `recordsHash` follow from the amount if not given. */
export async function signLine(
  wallet: Wallet,
  domain: TypedDataDomain,
  node: string,
  day: number,
  amount: bigint,
  gpuMs = amount,
  recordsHash = seeded(`records ${wallet.address} ${amount}`),
): Promise<Line> {
  const signature = await signStruct(wallet, domain, "Receipt", { node, day, gpuMs, amount, recordsHash })
  return { gpuMs, amount, recordsHash, signature }
}

/** The `figures` of a `Settled` event: `day | gpuMs | amount | paid`, u64 each. */
export function figures(day: number, gpuMs: bigint, amount: bigint, paid: bigint): string {
  return concat([BigInt(day), gpuMs, amount, paid].map((value) => toBeHex(value, 8)))
}

/** 32 bytes that look random and are the same in every run. */
export function seeded(seed: string): string {
  return keccak256(toUtf8Bytes(seed))
}

export function seededWallet(seed: string): Wallet {
  return new Wallet(seeded(seed))
}
