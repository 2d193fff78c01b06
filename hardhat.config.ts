import { fileURLToPath } from "node:url"
import hardhatEthers from "@nomicfoundation/hardhat-ethers"
import hardhatEthersChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers"
import hardhatIgnition from "@nomicfoundation/hardhat-ignition"
import hardhatMocha from "@nomicfoundation/hardhat-mocha"
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers"
import { defineConfig } from "hardhat/config"
import { SALT } from "./ignition/salt.ts"

// solc from npm: nothing is downloaded when compiling.
const solc = {
  version: "0.8.37",
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
  // 800 runs: with a million, the core's constructor, which carries Reservations and Verifiers, would not fit its 49,152 bytes.
  // No hash of the metadata in the bytecode: it depends on what else was compiled with it, and the committed bytecode must come out the same
  // on every machine.
  settings: { optimizer: { enabled: true, runs: 800 }, viaIR: true, evmVersion: "prague", metadata: { bytecodeHash: "none" } },
}

// INVARIANT_RUNS=256 INVARIANT_DEPTH=256 for a long run; the defaults keep the whole suite under 40 s.
const runs = Number(process.env.INVARIANT_RUNS ?? 8)
const depth = Number(process.env.INVARIANT_DEPTH ?? 100)

export default defineConfig({
  plugins: [hardhatEthers, hardhatEthersChaiMatchers, hardhatIgnition, hardhatMocha, hardhatNetworkHelpers],
  solidity: { profiles: { default: { compilers: [solc] }, production: { compilers: [solc] } } },
  paths: { sources: "contracts/src", tests: { mocha: "contracts/test", solidity: "contracts/test" } },
  ignition: { strategyConfig: { create2: { salt: SALT } } },
  networks: {
    // Osaka: today's prices, with the calldata floor of EIP-7623 and the cap of EIP-7825 (16,777,216 gas a transaction).
    local: { type: "edr-simulated", chainId: 31337, hardfork: "osaka", initialDate: "2026-11-21T00:00:00Z" },
  },
  test: {
    solidity: { fuzz: { runs: Number(process.env.FUZZ_RUNS ?? 128), seed: "0xbe47" }, invariant: { runs, depth, failOnRevert: true } },
    mocha: { timeout: 60_000 },
  },
})
