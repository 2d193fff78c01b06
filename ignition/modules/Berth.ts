import { berthModule } from "../build.ts"

/**
 * Berth over a reserve that is there already, and ComputeRecords. Parameters: `reserve`, the ERC-20 behind the credits, and `owner`, who may
 * set fee, pause and verifier sets. Berth's constructor makes `Verifiers` and `Reservations` itself.
 */
export default berthModule()
