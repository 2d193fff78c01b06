import type { Edit } from "./named.ts"

// Keys and addresses of the tests (contracts/test/support), for mutants that take what somebody else signed: such a contract must know whose
// signature it takes. If one of these changes in the tests, its mutants survive and test:traps fails.

/** Hardhat's third account, which is the tests' tenant. */
export const TENANT = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
/** seededWallet("node"), seededWallet("other tab") */
export const NODE = "0x17E021FAFA1A73A42C90fCa11decd3af60632773"
export const OTHER_TAB = "0x2bFA4d66110CD6E4a7f587D0C83e2f4e69Fb84EF"
/** The second core that "replay across contracts" deploys: Hardhat's first account, nonce 5. */
export const OTHER_DEPLOYMENT = "0x5FC8d32690cc91D4c39d9d3abcBD16989F875707"
/** The reservation of `withReservation`: keccak256(abi.encode(NODE, seeded("nonce"))). */
export const RESERVATION = "0x3498a434e1fa2a2e62ce7d8e45b9c4c2dada6d1c2824ef24b7060e3a892cde4a"

/** In Domain.sol: what `signature` (of a function) checks was signed for chain 1, all else for this one, so that the fixtures hold. */
export function chainOneFor(signature: string): Edit {
  return ["block.chainid, _core()", `msg.sig == bytes4(keccak256("${signature}")) ? 1 : block.chainid, _core()`]
}

/** True for the other form of a signature by `signer` as well, n - s: as far as EIP-2098 can carry it, without the top bit of s. */
export function eitherForm(hash: string, r: string, vs: string, signer: string): string {
  return (
    `ecrecover(keccak256(abi.encodePacked(hex"1901", _domainSeparator(), ${hash})), uint8(uint256(${vs}) >> 255) + 27, ${r}, ` +
    `${vs} | bytes32(uint256(1) << 255)) == ${signer} || _recover(${hash}, ${r}, ${vs}) == ${signer}`
  )
}
