import { Signature, type TypedDataDomain, type Wallet } from "ethers"

/** The structs that the contracts check, as docs/formats.md has them: written out here once more so that a change in Solidity shows. */
export const structTypes = {
  Receipt: [
    { name: "node", type: "address" },
    { name: "day", type: "uint32" },
    { name: "gpuMs", type: "uint64" },
    { name: "amount", type: "uint64" },
    { name: "recordsHash", type: "bytes32" },
  ],
  TabConsent: [
    { name: "tenant", type: "address" },
    { name: "node", type: "address" },
  ],
  TabClose: [
    { name: "signer", type: "address" },
    { name: "node", type: "address" },
    { name: "amount", type: "uint64" },
    { name: "deadline", type: "uint64" },
  ],
  NodeRegistration: [{ name: "operator", type: "address" }],
  Attestation: [
    { name: "day", type: "uint32" },
    { name: "root", type: "bytes32" },
  ],
  ReservationQuote: [
    { name: "node", type: "address" },
    { name: "tenant", type: "address" },
    { name: "class", type: "string" },
    { name: "gpus", type: "uint16" },
    { name: "startDay", type: "uint32" },
    { name: "term", type: "uint16" },
    { name: "pricePerDay", type: "uint64" },
    { name: "listPricePerDay", type: "uint64" },
    { name: "collateralBps", type: "uint16" },
    { name: "cancelFeeBps", type: "uint16" },
    { name: "claimPeriod", type: "uint8" },
    { name: "expires", type: "uint64" },
    { name: "nonce", type: "bytes32" },
  ],
  DayClaim: [
    { name: "reservation", type: "uint256" },
    { name: "firstDay", type: "uint32" },
    { name: "served", type: "bytes" },
  ],
  ReservationCancel: [
    { name: "reservation", type: "uint256" },
    { name: "firstDay", type: "uint32" },
    { name: "operatorBps", type: "uint16" },
    { name: "deadline", type: "uint64" },
  ],
  ServedDays: [
    { name: "reservation", type: "uint256" },
    { name: "firstDay", type: "uint32" },
    { name: "count", type: "uint16" },
  ],
}

/** The highest s of a signature's one accepted form: half the order of secp256k1. */
export const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n

export type StructName = keyof typeof structTypes

/** EIP-2098. */
export interface CompactSignature {
  r: string
  vs: string
}

export function berthDomain(chainId: bigint | number, verifyingContract: string): TypedDataDomain {
  return { name: "Berth", version: "1", chainId, verifyingContract }
}

export async function signStruct(
  wallet: Wallet,
  domain: TypedDataDomain,
  name: StructName,
  value: Record<string, unknown>,
): Promise<CompactSignature> {
  const signature = Signature.from(await wallet.signTypedData(domain, { [name]: structTypes[name] }, value))
  return { r: signature.r, vs: signature.yParityAndS }
}
