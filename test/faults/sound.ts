import { expect } from "chai"
import type { KillResult } from "./kill-matrix.ts"

/** What must hold after any number of kills. */
export function expectSound(result: KillResult): void {
  expect(result.findings).to.deep.equal([])
  expect(result.state).to.equal("ended: tenant_stopped")
  expect(result.containers).to.equal(1)
  expect(result.node).to.deep.equal(result.agent)
  expect(result.bundle).to.deep.equal(result.agent)
  expect(result.agent.amount).to.equal(result.agent.used)
  expect(result.paid).to.equal(result.agent.used)
  expect(result.auditOk).to.equal(true)
  expect(result.agent.gpuMs > 0n).to.equal(true)
}
