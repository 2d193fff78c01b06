import { Signature } from "ethers"
import type { Account, Harbour } from "./harbour.ts"

const FIELDS = ["owner:address", "spender:address", "value:uint256", "nonce:uint256", "deadline:uint256"]

/** A permit of TestUSD by `owner` for the core over `value`, which is minted for it; with the arguments as `depositWithPermit` wants them. */
export async function permitOf(
  { token, berth, chainId }: Harbour,
  owner: Account,
  value: bigint,
  deadline = 2n ** 40n,
): Promise<[deadline: bigint, v: number, r: string, s: string]> {
  const signature = await owner.signTypedData(
    { name: "Test USD", version: "1", chainId, verifyingContract: await token.getAddress() },
    { Permit: FIELDS.map((field) => ({ name: field.split(":")[0]!, type: field.split(":")[1]! })) },
    {
      owner: owner.address,
      spender: await berth.getAddress(),
      value,
      nonce: await token.getFunction("nonces")(owner.address),
      deadline,
    },
  )
  await token.getFunction("mint")(owner.address, value)
  const { v, r, s } = Signature.from(signature)
  return [deadline, v, r, s]
}
