import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { addressOfKey, bytesToHex, keccakText, type Market, receiptDigest, tabId } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { proposalToWire } from "@berth/protocol/wire"
import { expect } from "chai"
import { pino } from "pino"
import { ChainReader } from "../chain/reader.ts"
import { ChainWatcher } from "../chain/watcher.ts"
import { LeaseTable } from "../lease/table.ts"
import { Journal } from "../store/journal.ts"
import { LeaseStore } from "../store/lease-store.ts"
import { OrderStore } from "../store/order-store.ts"
import { ReceiptStore } from "../store/receipt-store.ts"
import { BlockLoop } from "./block-loop.ts"
import { Ledger } from "./ledger.ts"

const market: Market = { chainId: 31337, contract: "0x00000000000000000000000000000000000000bb" }
const nodeKey = keccakText("node")
const node = addressOfKey(nodeKey)
const signerKey = keccakText("signer")
const signer = addressOfKey(signerKey)
const tab = bytesToHex(tabId(market, signer, node))
const log = pino({ level: "silent" })

describe("a hostile tenant on its own receipt stream", () => {
  let dir: string
  let journal: Journal
  let receipts: ReceiptStore
  let leases: LeaseTable
  let ledger: Ledger
  let loop: BlockLoop
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "berth-hostile-"))
    journal = new Journal(join(dir, "journal.sqlite"), market)
    receipts = new ReceiptStore(journal)
    leases = new LeaseTable({ store: new LeaseStore(journal), log })
    ledger = new Ledger({ market, node }, { receipts, orders: new OrderStore(journal), leases, claimFilter: (_no, ms) => ms })
    const deployment = {
      chainId: 31337,
      berth: market.contract,
      computeRecords: node,
      reserve: node,
      reservations: node,
      verifiers: node,
      startBlock: 0n,
    }
    const reader = new ChainReader({ rpcUrls: ["http://127.0.0.1:9"], deployment })
    const chain = new ChainWatcher({ node, pollMs: 1_000, confirmations: 0 }, { reader, log })
    const peers = { connected: () => true, send: () => true }
    const sample = async () => {}
    loop = new BlockLoop(
      { market, privateKey: nodeKey, paceMs: 1_000, paceMaxMs: 1_000 },
      { chain, leases, ledger, journal, receipts, peers, sample, onStep: () => {}, log },
    )
  })
  afterEach(() => {
    journal.close()
    rmSync(dir, { recursive: true })
  })

  it("can't take the books back by signing an older receipt after a newer one in the same breath", () => {
    const account = ledger.open(tab, signer, signer)
    const signed = [1, 2].map(() => {
      const proposal = account.propose({ number: 5n, timestamp: 86_400n }, [])
      const digest = receiptDigest(market, proposal.receipt)
      receipts.addProposal(tab, proposalToWire(proposal, nativeEcdsa.sign(digest, nodeKey)))
      return { seq: proposal.opening.seq, signature: nativeEcdsa.sign(digest, signerKey) }
    })
    for (const countersignature of signed.reverse()) loop.countersigned(account, countersignature)
    loop.commit()
    expect(account.books.seq).to.equal(2)
    expect(receipts.tab(tab)?.books.seq).to.equal(2)
  })

  it("can't use up the seqs of its tab with a number that was never given: its receipts would fail at every block", () => {
    const account = ledger.open(tab, signer, signer)
    const poison = { seq: 0xffffffff, signature: new Uint8Array(64) }
    expect(() => loop.countersigned(account, poison)).to.throw("no receipt 4294967295")
    expect(account.propose({ number: 5n, timestamp: 86_400n }, []).opening.seq).to.equal(1)
  })

  it("can't buy time by signing its oldest receipt late: the clock runs from the oldest work that is unsigned", () => {
    const account = ledger.open(tab, signer, signer)
    const worked = (ms: bigint) => {
      const lease = { leaseNo: 1, live: true, claimedMs: ms, price: 3_600_000n, ahead: 0n, window: 60_000n, grace: 60_000n }
      return [{ ...lease, reserve: 10_000n, forgiven: 0n, termsHash: keccakText("terms") }]
    }
    const made = (block: bigint, ms: bigint) => {
      account.record(block, worked(ms))
      account.touch(worked(ms), Number(ms))
      const proposal = account.propose({ number: block, timestamp: 86_400n }, worked(ms))
      account.made(proposal.opening.seq, Number(ms))
      return proposal
    }
    const first = made(5n, 2_000n)
    made(9n, 58_000n)
    account.adopt(first.next, 58_000, worked(58_000n))
    expect(account.unsignedSince).to.equal(2_000)
    account.adopt(made(10n, 59_000n).next, 59_500, worked(59_000n))
    expect(account.unsignedSince).to.equal(undefined)
  })

  it("leaves no row at each block by disagreeing for ever; what it may still sign stays", () => {
    const account = ledger.open(tab, signer, signer)
    const make = () => {
      const proposal = account.propose({ number: 5n, timestamp: 86_400n }, [])
      const wire = proposalToWire(proposal, nativeEcdsa.sign(receiptDigest(market, proposal.receipt), nodeKey))
      receipts.addProposal(tab, wire)
      account.open = { proposal, wire, version: account.version, sentAt: 0, wasSent: true }
      account.made(proposal.opening.seq, 0)
      return proposal.opening.seq
    }
    const first = make()
    const refused = Array.from({ length: 20 }, () => {
      const seq = make()
      loop.disagreed(account, { seq, bounds: [] })
      return seq
    })
    expect(refused.map((seq) => receipts.proposal(tab, seq))).to.deep.equal(refused.map(() => undefined))
    expect(receipts.proposal(tab, first)).not.to.equal(undefined)
  })

  it("that proves to be the signer of tabs that nobody opened leaves nothing in memory", () => {
    for (let i = 0; i < 1_000; i++) leases.ofTab(bytesToHex(keccakText(`${i}`)))
    expect(leases.tabs).to.equal(0)
  })
})
