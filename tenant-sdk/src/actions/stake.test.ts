// Stake on a real chain, by the SDK's actions alone.
import { expect } from "chai"
import { addressIn, expectError, free, ReservationWorld } from "../../../test/support/reservation-world.ts"
import { finishUnstake } from "./finishUnstake.ts"
import { lockable } from "./lockable.ts"
import { requestUnstake } from "./requestUnstake.ts"
import { setLockable } from "./setLockable.ts"
import { stake } from "./stake.ts"
import { stakeOf } from "./stakeOf.ts"

describe("stake", function () {
  this.timeout(120_000)
  let w: ReservationWorld

  before(async () => {
    w = await ReservationWorld.start(0n)
  })
  after(() => w?.stop())

  it("is staked, made lockable, and comes back after its days", async () => {
    expect(await stakeOf(w.operator)).deep.equal({
      operator: addressIn(w.operator),
      free: 0n,
      unbonding: 0n,
      unbondsAt: undefined,
      nodes: [{ node: w.node.address, lockable: 0n }],
    })
    expect((await stake(w.operator, { amount: 1_000_000_000n })).free).equal(1_000_000_000n)
    expect((await setLockable(w.operator, { node: w.node.address, amount: 900_000_000n })).free).equal(100_000_000n)
    const { unbonding, unbondsAt } = await requestUnstake(w.operator, { amount: 60_000_000n })
    expect(unbonding).equal(60_000_000n)
    await expectError(finishUnstake(w.operator), "reverted", "unbonds until")
    expect(await stakeOf(w.tenant, { operator: addressIn(w.operator) })).deep.equal({
      operator: addressIn(w.operator),
      free: 40_000_000n,
      unbonding: 60_000_000n,
      unbondsAt,
      nodes: [{ node: w.node.address, lockable: 900_000_000n }],
    })
    expect(await lockable(w.tenant, { node: w.node.address })).equal(900_000_000n)
    expect(await lockable(w.tenant, { node: addressIn(w.tenant) })).equal(0n)
    await w.pass(8)
    const before = await free(w.operator)
    expect((await finishUnstake(w.operator)).amount).equal(60_000_000n)
    expect(await free(w.operator)).equal(before + 60_000_000n)
  })

  it("that is not there, or another's node: said with what to do", async () => {
    await expectError(setLockable(w.operator, { node: w.node.address, amount: 2_000_000_000n }), "insufficient_stake", "stake are free")
    await expectError(requestUnstake(w.operator, { amount: 1_000_000_000n }), "insufficient_stake")
    await expectError(setLockable(w.tenant, { node: w.node.address, amount: 1n }), "reverted", "is not the operator")
    await expectError(finishUnstake(w.tenant), "reverted", "no stake is unbonding")
    await expectError(stake(w.tenant, { amount: 6_000_000_000n }), "insufficient_credits")
  })
})
