import { expect } from "chai"
import { Wallet } from "ethers"
import { parseEther } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import { accountFromEthers } from "./ethers.ts"

const KEY = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"

describe("an ethers signer as a viem account", () => {
  const native = privateKeyToAccount(KEY)

  it("signs a permit's typed data as viem does", async () => {
    const account = await accountFromEthers(new Wallet(KEY))
    const data = {
      domain: { name: "Test USD", version: "1", chainId: 31337, verifyingContract: native.address },
      types: {
        Permit: [
          { name: "owner", type: "address" },
          { name: "value", type: "uint256" },
        ],
      },
      primaryType: "Permit",
      message: { owner: native.address, value: 5n },
    } as const
    expect(await account.signTypedData(data)).to.equal(await native.signTypedData(data))
    expect(account.address).to.equal(native.address)
  })

  it("signs transactions and messages as viem does", async () => {
    const account = await accountFromEthers(new Wallet(KEY))
    const transaction = {
      type: "eip1559",
      chainId: 31337,
      nonce: 7,
      to: native.address,
      value: parseEther("1"),
      gas: 21_000n,
      maxFeePerGas: 2_000_000_000n,
      maxPriorityFeePerGas: 1n,
      data: "0x1234",
    } as const
    expect(await account.signTransaction(transaction)).to.equal(await native.signTransaction(transaction))
    for (const message of ["hello", { raw: "0x00ff" }, { raw: new Uint8Array([1, 2]) }] as const)
      expect(await account.signMessage({ message })).to.equal(await native.signMessage({ message }))
  })
})
