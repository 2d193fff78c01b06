import { TypedDataEncoder, type Wallet } from "ethers"
import { seededWallet } from "./batch.ts"
import { deployBerth, ethers, type Harbour, time } from "./harbour.ts"
import { type CompactSignature, type StructName, signStruct, structTypes } from "./signing.ts"

export const SECONDS_PER_DAY = 86_400
export const ATTESTATION_LIFE = 48 * 3600

/** Three keys in the order that a set wants: by address. */
export const members: Wallet[] = ["first", "second", "third"]
  .map((name) => seededWallet(`${name} verifier`))
  .sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1))

export const addresses = members.map((member) => member.address)

/** A core with a set 1 of two in three, and the UTC day that has just ended there. */
export async function withVerifiers() {
  const harbour = await deployBerth()
  const verifiers = await verifiersOf(harbour)
  await verifiers.getFunction("addSet")(2, addresses)
  const day = Math.floor((await time.latest()) / SECONDS_PER_DAY) - 1
  return { ...harbour, verifiers, day }
}

export type WithVerifiers = Awaited<ReturnType<typeof withVerifiers>>

export async function verifiersOf({ berth }: Harbour) {
  return ethers.getContractAt("Verifiers", await berth.getFunction("verifiers")())
}

/** What each of `by` signs, in that order. */
export function signAll(
  { domain }: Harbour,
  name: StructName,
  value: Record<string, unknown>,
  by: Wallet[],
  under = domain,
): Promise<CompactSignature[]> {
  return Promise.all(by.map((member) => signStruct(member, under, name, value)))
}

export function structHash(name: StructName, value: Record<string, unknown>): string {
  return TypedDataEncoder.hashStruct(name, { [name]: structTypes[name] }, value)
}
