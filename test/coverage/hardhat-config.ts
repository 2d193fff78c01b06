import { join } from "node:path"
import { PROFILES } from "../mutation/profiles.ts"
import { ROOT } from "../mutation/sources.ts"

/**
 * The project's configuration for instrumented copies: compiled by the quickest pipeline that can hold them, Hardhat's own instrumentation kept
 * out, its collection of what is sent left in (HARDHAT_COVERAGE).
 */
export function hardhatConfig(): string {
  return `import base from ${JSON.stringify(join(ROOT, "hardhat.config.ts"))}
import collecting from ${JSON.stringify(join(import.meta.dirname, "plugin.ts"))}
const solc = { ...base.solidity.profiles.default.compilers[0], settings: ${JSON.stringify(PROFILES.quick)} }
export default {
  ...base,
  plugins: [...base.plugins, collecting],
  solidity: { profiles: { default: { compilers: [solc] }, production: { compilers: [solc] } } },
  coverage: { skipFiles: ["**"] },
}
`
}
