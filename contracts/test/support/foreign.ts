import { concat, dataSlice, keccak256, Signature, type TypedDataDomain, TypedDataEncoder, toUtf8Bytes, type Wallet } from "ethers"
import { ethers, type Harbour } from "./harbour.ts"
import { type CompactSignature, type StructName, structTypes } from "./signing.ts"

/** One way in which a signature is for something else; what is not given is as it must be. */
export interface Foreign {
  what: string
  domain?: TypedDataDomain
  /** The struct under whose type the words were signed. */
  type?: StructName
}

/** Everything else that `struct` may be signed for. The other contracts are real ones: a second core, and the two that check for this one. */
export async function foreignTo({ berth, token, owner, domain, chainId }: Harbour, struct: StructName): Promise<Foreign[]> {
  const second = await ethers.deployContract("Berth", [await token.getAddress(), owner.address])
  const contracts = {
    "a second core": await second.getAddress(),
    "the Reservations contract": await berth.getFunction("reservations")(),
    "the Verifiers contract": await berth.getFunction("verifiers")(),
  }
  const { name: _name, ...nameless } = domain
  const { version: _version, ...versionless } = domain
  return [
    { what: "another chain", domain: { ...domain, chainId: chainId + 1n } },
    ...Object.entries(contracts).map(([what, verifyingContract]) => ({ what, domain: { ...domain, verifyingContract } })),
    { what: "another name", domain: { ...domain, name: "berth" } },
    { what: "another version", domain: { ...domain, version: "2" } },
    { what: "a domain without name", domain: nameless },
    { what: "a domain without version", domain: versionless },
    ...(Object.keys(structTypes) as StructName[]).filter((type) => type !== struct).map((type) => ({ what: `the type of ${type}`, type })),
  ]
}

/** `Name(type field,...)`. */
export function typeOf(name: StructName): string {
  return TypedDataEncoder.from({ [name]: structTypes[name] }).encodeType(name)
}

/** `value` as `wallet` signs it for `foreign`. A type of another struct takes the words as they are: no library would sign such, a liar can. */
export function signFor(
  wallet: Wallet,
  domain: TypedDataDomain,
  struct: StructName,
  value: Record<string, unknown>,
  foreign?: Foreign,
): CompactSignature {
  const words = dataSlice(TypedDataEncoder.from({ [struct]: structTypes[struct] }).encodeData(struct, value), 32)
  const structHash = keccak256(concat([keccak256(toUtf8Bytes(typeOf(foreign?.type ?? struct))), words]))
  const digest = keccak256(concat(["0x1901", TypedDataEncoder.hashDomain(foreign?.domain ?? domain), structHash]))
  const { r, yParityAndS } = Signature.from(wallet.signingKey.sign(digest))
  return { r, vs: yParityAndS }
}
