import type { Address } from "@berth/protocol"
import { type Hex, hexToBytes, type LocalAccount, type SignableMessage, type TransactionSerializable } from "viem"
import { toAccount } from "viem/accounts"

/** What is used of an ethers v6 signer that holds its key: `Wallet`, `HDNodeWallet` or a signer of one's own. */
export interface EthersSigner {
  getAddress(): Promise<string>
  signMessage(message: string | Uint8Array): Promise<string>
  signTransaction(tx: Record<string, unknown>): Promise<string>
  signTypedData(
    domain: Record<string, unknown>,
    types: Record<string, { name: string; type: string }[]>,
    value: Record<string, unknown>,
  ): Promise<string>
}

/**
 * An ethers v6 signer as a viem account, for `createBerthClient`. A browser wallet is better given as `provider`: a JsonRpcSigner signs no
 * transactions without sending them.
 *
 * @example
 * const client = createBerthClient({ deployment, transport: http(url), account: await accountFromEthers(new Wallet(key)) })
 */
export async function accountFromEthers(signer: EthersSigner): Promise<LocalAccount> {
  return toAccount({
    address: (await signer.getAddress()) as Address,
    async signMessage({ message }) {
      return (await signer.signMessage(plainMessage(message))) as Hex
    },
    async signTransaction(transaction) {
      return (await signer.signTransaction(plainTransaction(transaction))) as Hex
    },
    async signTypedData({ domain, types, message }) {
      // ethers makes the domain's own type by itself and refuses to be given it.
      const { EIP712Domain: _, ...own } = types as Record<string, { name: string; type: string }[]>
      return (await signer.signTypedData((domain ?? {}) as Record<string, unknown>, own, message as Record<string, unknown>)) as Hex
    },
  })
}

function plainMessage(message: SignableMessage): string | Uint8Array {
  if (typeof message === "string") return message
  return typeof message.raw === "string" ? hexToBytes(message.raw) : message.raw
}

const TYPES: Record<string, number> = { legacy: 0, eip2930: 1, eip1559: 2 }

/** viem's names of fields in ethers' words. */
function plainTransaction(transaction: TransactionSerializable): Record<string, unknown> {
  const { gas, type, ...rest } = transaction as TransactionSerializable & { gas?: bigint }
  return { ...rest, gasLimit: gas, ...(type && type in TYPES && { type: TYPES[type] }) }
}
