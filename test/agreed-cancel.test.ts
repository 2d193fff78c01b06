// A cancel by agreement, from `berth` to a node that runs, as processes on a real chain.
import { dayOf } from "@berth/protocol"
import { expect } from "chai"
import { type NodeProcess, TenantWorld } from "./support/tenant-world.ts"

const PER_DAY = 360_000n * 24n

describe("berth reservations cancel --agreed", function () {
  this.timeout(120_000)
  let world: TenantWorld
  let node: NodeProcess
  const more = "[reservations]\nenabled = true\ncollateralBps = 0\ncancelFeeBps = 5000\nagreedCancelBps = 1000\n"

  // biome-ignore lint/suspicious/noExplicitAny: what the program prints is what the tests look at
  const json = async (profile: string, ...args: string[]): Promise<any> => {
    const { code, stdout, stderr } = await world.berth(profile, [...args, "--json"])
    expect(code, stderr).equal(0)
    return JSON.parse(stdout)
  }
  const refused = async (profile: string, ...args: string[]) => {
    const { code, stdout, stderr } = await world.berth(profile, [...args, "--json"])
    expect(code, `it was done: ${stdout}`).not.equal(0)
    const { error } = JSON.parse(stderr.slice(stderr.indexOf("{"))) as { error: { code: string; message: string } }
    return error
  }
  const reserve = async (...flags: string[]): Promise<string> =>
    (await json("holder", "reserve", "--days", "5", "--from", "today", "--node", node.address, "--yes", "--even-if-dearer", ...flags)).id
  const today = async () => dayOf((await world.chain.client.getBlock()).timestamp)

  before(async () => {
    world = await TenantWorld.start()
    node = await world.node({ more })
    for (const name of ["holder", "stranger"]) {
      await world.tenant(name, 500_000_000n)
      await json(name, "account", "deposit", "400")
    }
  })
  after(() => world?.stop())

  it("is of a reservation that begins tomorrow, unless its buyer says today", async () => {
    const asked = async (...from: string[]) => {
      const { message } = await refused("holder", "reserve", "--days", "5", "--node", node.address, "--even-if-dearer", ...from)
      return /from (\d{4}-\d\d-\d\d)/.exec(message)?.[1]
    }
    const date = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10)
    const now = await today()
    expect(await asked()).equal(date(now + 1))
    expect(await asked("--from", "today")).equal(date(now))
  })

  it("shows what comes back both ways before anything is sent, and ends it by the node's terms", async () => {
    const id = await reserve()
    const asked = await refused("holder", "reservations", "cancel", id, "--agreed")
    expect(asked.message).match(/alone from .*of 4 days, \$17\.28 to the operator, \$17\.28 back/)
    expect(asked.message).match(/as agreed from .*of 4 days, \$3\.456 to the operator, \$31\.104 back to you, until/)
    expect((await json("holder", "reservations", id)).cancelled, "nothing was sent").equal(false)
    expect((await refused("holder", "reservations", "cancel", id, "--from", "2030-01-01")).code).equal("usage")
    const from = (await today()) + 3
    const done = await json("holder", "reservations", "cancel", id, "--agreed", "--from", String(from), "--yes")
    expect(done).include({ endDay: from, paid: `${(2n * PER_DAY) / 10n}`, returned: `${(2n * PER_DAY * 9n) / 10n}` })
    expect(done.alone).include({ toHolder: `${2n * PER_DAY}` })
  })

  it("proves the holder by its wallet when the agent does not sign for it, and nobody else's wallet", async () => {
    const id = await reserve("--signer", "nobody")
    expect((await refused("stranger", "reservations", "cancel", id, "--agreed", "--yes")).code).equal("unauthorized")
    const done = await json("holder", "reservations", "cancel", id, "--agreed", "--yes")
    expect(done).include({ paid: `${(4n * PER_DAY) / 10n}`, returned: `${(4n * PER_DAY * 9n) / 10n}` })
  })
})
