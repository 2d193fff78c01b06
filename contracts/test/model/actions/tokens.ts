import { ZeroAddress } from "ethers"
import { dayOf } from "../spec/arithmetic.ts"
import type { Reservation } from "../spec/state.ts"
import * as spec from "../spec/terms.ts"
import { type Action, people, signed, type World } from "../world.ts"
import { someReservation } from "./days.ts"

const alive = (reservation: Reservation) => !reservation.cancelled

function byHolder(world: World, reservation: Reservation): string {
  return world.random.chance(0.1) ? world.random.pick(people(world)).address : reservation.holder
}

export function setSigner(world: World): Action | null {
  const reservation = someReservation(world, (one) => alive(one) && dayOf(world.now) < one.endDay)
  if (!reservation) return null
  const signer = world.random.chance(0.15) ? null : world.random.pick(world.agents).address
  const args = [reservation.id, signer ?? ZeroAddress]
  return {
    ...{ entry: "setSigner", from: byHolder(world, reservation), to: world.reservations, method: "setSigner", args },
    model: (state, call) => spec.setSigner(state, call, reservation.id, signer),
  }
}

export function transferFrom(world: World): Action | null {
  return moving(world, "transferFrom(address,address,uint256)", true)
}

/** To a person, or to a contract that takes no tokens. */
export function safeTransferFrom(world: World): Action | null {
  return moving(world, "safeTransferFrom(address,address,uint256)", world.random.chance(0.9))
}

function moving(world: World, method: string, accepts: boolean): Action | null {
  const { random, state } = world
  const reservation = someReservation(world, (one) => alive(one) && dayOf(world.now) <= one.endDay)
  if (!reservation) return null
  const { holder } = reservation
  const agent = state.operatorsForAll.find(({ owner }) => owner === holder)?.operator
  const by = random.pick([holder, holder, holder, holder, reservation.approved ?? holder, agent ?? holder, world.stranger.address])
  const from = random.chance(0.05) ? random.pick(people(world)).address : holder
  const to = accepts ? random.pick([...world.tenants, ...world.tenants, world.stranger]).address : world.token.address
  return {
    ...{ entry: method.split("(")[0]!, from: by, to: world.reservations, method, args: [from, to, reservation.id] },
    model: (state, call) => spec.transfer(state, call, from, to, reservation.id, accepts),
  }
}

export function approve(world: World): Action | null {
  const reservation = someReservation(world, alive)
  if (!reservation) return null
  const to = world.random.pick(people(world)).address
  return {
    ...{ entry: "approve", from: byHolder(world, reservation), to: world.reservations, method: "approve", args: [to, reservation.id] },
    model: (state, call) => spec.approve(state, call, reservation.id, to),
  }
}

export function setApprovalForAll(world: World): Action {
  const [from, to] = [world.random.pick(world.tenants).address, world.random.pick(people(world)).address]
  const value = world.random.chance(0.5)
  return {
    ...{ entry: "setApprovalForAll", from, to: world.reservations, method: "setApprovalForAll", args: [to, value] },
    model: (state, call) => spec.setApprovalForAll(state, call, to, value),
  }
}

export function askRefund(world: World): Action | null {
  const reservation = someReservation(world, (one) => alive(one) && one.owed > 0n)
  if (!reservation) return null
  return {
    ...{ entry: "askRefund", from: byHolder(world, reservation), to: world.reservations, method: "askRefund", args: [reservation.id] },
    model: (state, call) => spec.askRefund(state, call, reservation.id),
  }
}

export function takeRefund(world: World): Action | null {
  const { random } = world
  const asked = (one: Reservation) =>
    one.owed > 0n && (one.cancelled || (one.refundAskedAt !== null && (random.chance(0.2) || world.now >= one.refundAskedAt + 86_400)))
  const reservation = someReservation(world, asked)
  if (!reservation) return null
  return {
    ...{ entry: "takeRefund", from: byHolder(world, reservation), to: world.reservations, method: "takeRefund", args: [reservation.id] },
    model: (state, call) => spec.takeRefund(state, call, reservation.id),
  }
}

export function cancel(world: World): Action | null {
  const reservation = someReservation(world, (one) => alive(one) && dayOf(world.now) + 1 < one.endDay)
  if (!reservation) return null
  return {
    ...{ entry: "cancel", from: byHolder(world, reservation), to: world.reservations, method: "cancel", args: [reservation.id] },
    model: (state, call) => spec.cancel(state, call, reservation.id),
  }
}

export function cancelAgreed(world: World): Action | null {
  const { random, now } = world
  const reservation = someReservation(world, (one) => alive(one) && dayOf(now) + 1 < one.endDay)
  if (!reservation) return null
  const earliest = Math.max(dayOf(now) + 1, reservation.startDay)
  const firstDay = random.chance(0.8)
    ? random.between(earliest, Math.max(earliest, reservation.endDay - 1))
    : earliest + random.pick([-2, -1, 1, 400])
  const operatorBps = random.pick([0, 1, 2500, 9999, 10_000, random.between(0, 10_000), random.chance(0.3) ? 10_001 : 7])
  const deadline = now + random.pick([0, 0, 1, 1000, random.chance(0.3) ? -1 : 0])
  const key = random.chance(0.05) ? world.stranger : world.nodes.find(({ address }) => address === reservation.node)!
  const [r, vs] = signed(world, key, "ReservationCancel", { reservation: reservation.id, firstDay, operatorBps, deadline })
  return {
    ...{ entry: "cancelAgreed", from: byHolder(world, reservation), to: world.reservations, method: "cancelAgreed" },
    args: [reservation.id, firstDay, operatorBps, deadline, r, vs],
    model: (state, call) => spec.cancelAgreed(state, call, reservation.id, firstDay, operatorBps, deadline, key.address),
  }
}
