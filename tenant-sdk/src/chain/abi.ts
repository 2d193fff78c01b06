import { parseAbi } from "viem"

export { berthAbi, computeRecordsAbi, reservationsAbi, verifiersAbi } from "@berth/protocol/abi"

/** What is used of the reserve stablecoin: ERC-20 with ERC-2612. */
export const reserveAbi = parseAbi([
  "function balanceOf(address) view returns (uint256)",
  "function allowance(address,address) view returns (uint256)",
  "function approve(address,uint256) returns (bool)",
  "function nonces(address) view returns (uint256)",
  "function name() view returns (string)",
  "function symbol() view returns (string)",
  "function eip712Domain() view returns (bytes1, string, string, uint256, address, bytes32, uint256[])",
])
