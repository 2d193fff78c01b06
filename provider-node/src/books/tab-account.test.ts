import { amountOf, type Books, emptyBooks } from "@berth/protocol"
import { checkProposal, proposalToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import fc from "fast-check"
import { type BookedLease, TabAccount } from "./tab-account.ts"

const tab = new Uint8Array(32).fill(9)
const node = `0x${"11".repeat(20)}` as const
const PRICE = 123_457n

function lease(leaseNo: number, claimedMs: bigint, live = true, ahead = 0n): BookedLease {
  return {
    leaseNo,
    live,
    claimedMs,
    price: PRICE,
    ahead,
    window: ahead,
    grace: 0n,
    reserve: 0n,
    forgiven: 0n,
    termsHash: new Uint8Array(32).fill(leaseNo),
  }
}
const account = (books: Books = emptyBooks(tab, node)) =>
  new TabAccount({ tab: `0x${"09".repeat(32)}`, signer: node, tenant: node, books, lastSeq: books.seq, closeAmount: null, reserved: false })

/** One tick: use of up to three leases, how the head moves, and whether the agent signs, bounds or keeps silent. */
const tick = fc.record({
  work: fc.tuple(fc.nat(5_000), fc.nat(5_000), fc.nat(5_000)),
  blocks: fc.integer({ min: -2, max: 4 }),
  seconds: fc.nat(90_000),
  answer: fc.constantFrom("sign", "sign", "late", "silent", "bound"),
})

describe("TabAccount", () => {
  it("an agent that recomputes accepts every receipt, totals only grow, and amounts are those of the whole time", () => {
    fc.assert(
      fc.property(fc.array(tick, { minLength: 1, maxLength: 25 }), (ticks) => {
        const own = account()
        let agent = emptyBooks(tab, node)
        const ms = [0n, 0n, 0n]
        let head = { number: 10n, timestamp: 1_000_000n }
        for (const { work, blocks, seconds, answer } of ticks) {
          work.forEach((w, i) => {
            ms[i] = ms[i]! + BigInt(w)
          })
          head = { number: head.number + BigInt(blocks), timestamp: head.timestamp + BigInt(seconds) }
          const leases = ms.map((m, i) => lease(i + 1, m))
          own.record(head.number, leases)
          if (!own.hasNews(leases).changed) continue
          const proposal = own.propose(head, leases)
          const wire = proposalToWire(proposal, new Uint8Array(64))
          own.open = { proposal, wire, version: own.version, sentAt: 0, wasSent: true }
          expect(own.hasNews(leases).changed).to.equal(false)
          const checked = checkProposal(agent, wire, () => PRICE)
          if (answer === "bound") {
            const signed = agent.leases.get(1) ?? 0n
            ms[0] = signed + (ms[0]! - signed) / 2n
            own.lower(1, ms[0]!)
            own.open = undefined
          }
          if (answer === "sign" || answer === "late") {
            expect(checked.next.used >= agent.used).to.equal(true)
            agent = checked.next
            if (answer === "late") {
              // Signed and stored by the agent, found by the node only when the next tick has passed: as after a crash.
              ms[1] = ms[1]! + 10n
              own.record(
                head.number + 1n,
                ms.map((m, i) => lease(i + 1, m)),
              )
            }
            own.adopt(proposal.next, 0, leases)
          }
        }
        const sum = [...agent.leases.values()].reduce((total, m) => total + amountOf(m, PRICE), 0n)
        expect(agent.used).to.equal(sum)
        expect(own.books.used).to.equal(sum)
      }),
      { numRuns: 300 },
    )
  })

  it("what was made before a restart and not signed is taken up again, once", () => {
    const own = account()
    const leases = [lease(1, 900n)]
    own.record(5n, leases)
    const first = own.propose({ number: 5n, timestamp: 86_400n }, leases)
    const again = account()
    again.lastSeq = own.lastSeq
    again.restore(first.records)
    again.record(6n, leases)
    const second = again.propose({ number: 6n, timestamp: 86_400n }, leases)
    expect(second.opening.seq).to.equal(2)
    expect(second.opening.used).to.equal(first.opening.used)
    expect(second.records).to.have.length(1)
  })

  it("a newcomer's advance is in every receipt until its leases are over", () => {
    const own = account()
    const open = own.propose({ number: 1n, timestamp: 1n }, [lease(1, 0n, true, 50n)])
    expect(open.receipt.amount).to.equal(50n)
    expect(open.terms).to.have.length(1)
    own.adopt(open.next, 0, [])
    const ended = [lease(1, 0n, false, 50n)]
    expect(own.hasNews(ended)).to.deep.equal({ unsigned: true, changed: true })
    expect(own.propose({ number: 2n, timestamp: 1n }, ended).receipt.amount).to.equal(0n)
  })

  it("an unsigned receipt never outgrows its frame", () => {
    const own = account()
    for (let block = 1; block <= 5_000; block++) own.record(BigInt(block), [lease(1, BigInt(block))])
    expect(own.pending.length).to.be.at.most(3_001)
  })
})
