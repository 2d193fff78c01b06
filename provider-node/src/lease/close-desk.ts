import { digestOf, ProtocolError } from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import type { CloseAgreement } from "@berth/protocol/wire"
import type { Ledger } from "../books/ledger.ts"
import type { TabAccount } from "../books/tab-account.ts"
import { ChainUnavailable } from "../chain/errors.ts"
import type { ChainWatcher } from "../chain/watcher.ts"
import type { ReceiptStore } from "../store/receipt-store.ts"
import type { TabRef } from "./lease-desk.ts"
import type { DeskOptions } from "./quote-desk.ts"

export interface CloseDeskModules {
  readonly chain: Pick<ChainWatcher, "tab" | "seen">
  readonly ledger: Ledger
  readonly receipts: ReceiptStore
}

/** Signs closes of tabs by agreement. */
export class CloseDesk {
  readonly #options: DeskOptions
  readonly #modules: CloseDeskModules

  constructor(options: DeskOptions, modules: CloseDeskModules) {
    this.#options = options
    this.#modules = modules
  }

  /**
   * Signs the tab's close at what is signed as used, or at what the chain has paid when that is more. From then on nothing runs on it.
   * @param deadline unix seconds, chain time
   * @throws ProtocolError `no_tab`, `bad_receipt` while leases run or something is unsigned
   */
  async close(ref: TabRef, deadline: bigint): Promise<CloseAgreement> {
    // A stranger's question does not reach the chain.
    this.#account(ref)
    const spent = await this.#spent(ref)
    // From here on nothing is awaited: no lease is opened between these checks and the word that none will be.
    const account = this.#account(ref)
    this.#expectOver(account)
    const used = account.closeAmount ?? account.books.used
    if (account.closeAmount === null) {
      account.closeAmount = used
      this.#modules.receipts.saveTab(account)
    }
    const amount = used > spent ? used : spent
    const { market, node, privateKey } = this.#options
    const digest = digestOf(market, "TabClose", { signer: ref.signer, node, amount, deadline })
    return { amount, deadline, signature: nativeEcdsa.sign(digest, privateKey) }
  }

  #account({ tab }: TabRef): TabAccount {
    const account = this.#modules.ledger.find(tab)
    if (!account) throw new ProtocolError("no_tab", "this node has no books of this tab")
    return account
  }

  #expectOver(account: TabAccount): void {
    const leases = this.#modules.ledger.leasesOf(account.tab)
    if (leases.some((l) => l.live)) throw new ProtocolError("bad_receipt", "leases still run on this tab: stop them first")
    if (account.closeAmount !== null) return
    account.record(account.books.block, leases)
    if (account.hasNews(leases).unsigned)
      throw new ProtocolError("bad_receipt", "the last receipt is not countersigned yet: sign it, then close")
  }

  /**
   * Credits that the chain has paid for the tab: more than was used when a receipt was settled that paid ahead of work which was then not done,
   * or when a claim under the tab's order was for time that was let go of since. The contract closes at no less. Without a chain it is what was
   * seen last; if that was too little the contract says so, and the agent asks again.
   */
  async #spent({ signer }: TabRef): Promise<bigint> {
    const { chain } = this.#modules
    try {
      return (await chain.tab(signer)).spent
    } catch (error) {
      if (!(error instanceof ChainUnavailable)) throw error
      return chain.seen(signer)?.spent ?? 0n
    }
  }
}
