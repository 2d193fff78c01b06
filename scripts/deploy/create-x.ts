import { type Address, encodeFunctionData, getContractAddress, type Hex, keccak256, parseAbi } from "viem"
import { SALT } from "../../ignition/salt.ts"

/** CreateX, at the same address on every chain that has it (https://createx.rocks). Ignition's create2 strategy deploys through it. */
export const CREATE_X: Address = "0xba5Ed099633D3B313e4D5F7bdc1305d3c28ba5Ed"

export const createXAbi = parseAbi([
  "function deployCreate2(bytes32 salt, bytes initCode) payable returns (address newContract)",
  "event ContractCreation(address indexed newContract, bytes32 indexed salt)",
])

/** The call that deploys `initCode`. */
export function creationCall(initCode: Hex): Hex {
  return encodeFunctionData({ abi: createXAbi, functionName: "deployCreate2", args: [SALT, initCode] })
}

/** Where it comes to lie. CreateX hashes a salt that names no sender, so that it can't be one that does. */
export function creationAddress(initCode: Hex): Address {
  return getContractAddress({ opcode: "CREATE2", from: CREATE_X, salt: keccak256(SALT), bytecode: initCode })
}
