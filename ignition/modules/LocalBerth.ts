import { localBerthModule } from "../build.ts"

/** The same for a local chain, where the reserve is a TestUSD of its own, which anyone may mint. Parameter: `owner`. */
export default localBerthModule()
