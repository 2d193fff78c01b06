import { keccak256, toHex } from "viem"

/**
 * The CREATE2 salt of every Berth contract on every chain. Its first 20 bytes name neither a deployer nor zero, so CreateX mixes nothing of the
 * sender or the chain into it: who deploys does not change the address, and nobody gains by being first, for only these very bytes
 * (with reserve and owner) come to lie there.
 */
export const SALT = keccak256(toHex("Berth version 1"))
