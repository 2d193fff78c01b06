import { Signature, SigningKey, TypedDataEncoder, type TypedDataField, Wallet } from "ethers"

/** "address node,uint32 day" as fields. */
function fields(text: string): TypedDataField[] {
  return text.split(",").map((field) => {
    const [type, name] = field.split(" ")
    return { type: type!, name: name! }
  })
}

/** What is signed, word for word from docs/formats.md. */
const STRUCTS = {
  Receipt: fields("address node,uint32 day,uint64 gpuMs,uint64 amount,bytes32 recordsHash"),
  TabConsent: fields("address tenant,address node"),
  TabClose: fields("address signer,address node,uint64 amount,uint64 deadline"),
  NodeRegistration: fields("address operator"),
  ReservationQuote: fields(
    "address node,address tenant,string class,uint16 gpus,uint32 startDay,uint16 term,uint64 pricePerDay,uint64 listPricePerDay," +
      "uint16 collateralBps,uint16 cancelFeeBps,uint8 claimPeriod,uint64 expires,bytes32 nonce",
  ),
  DayClaim: fields("uint256 reservation,uint32 firstDay,bytes served"),
  ServedDays: fields("uint256 reservation,uint32 firstDay,uint16 count"),
  ReservationCancel: fields("uint256 reservation,uint32 firstDay,uint16 operatorBps,uint64 deadline"),
  Attestation: fields("uint32 day,bytes32 root"),
}

export type StructName = keyof typeof STRUCTS

/** A key of the test's own, with the address it signs as. */
export interface Key {
  address: string
  secret: SigningKey
}

export function keyOf(secret: string): Key {
  return { address: new Wallet(secret).address, secret: new SigningKey(secret) }
}

/** Signs one struct for one contract; the two words of EIP-2098. */
export function sign(key: Key, chainId: number, core: string, name: StructName, value: Record<string, unknown>): [string, string] {
  const domain = { name: "Berth", version: "1", chainId, verifyingContract: core }
  const digest = TypedDataEncoder.hash(domain, { [name]: STRUCTS[name] }, value)
  const signature = Signature.from(key.secret.sign(digest))
  return [signature.r, signature.yParityAndS]
}
