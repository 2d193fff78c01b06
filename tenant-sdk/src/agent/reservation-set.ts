import { type Address, addressOfKey } from "@berth/protocol"
import type { Hex } from "viem"
import { hexOfId, type ReservedReader } from "../chain/reserved.ts"
import type { BerthClient } from "../client.ts"
import { BerthError } from "../errors.ts"
import type { ProfileKey } from "../keys/profile-key.ts"
import { ReservationKeeper, type ReservationKeeperModules } from "./reservation-keeper.ts"
import type { TabKeeper } from "./tab-keeper.ts"
import type { TabSet } from "./tab-set.ts"

export interface ReservationSetModules extends Omit<ReservationKeeperModules, "reader" | "calleeOf"> {
  readonly client: BerthClient
  readonly reader: ReservedReader
  readonly key: ProfileKey
}

/** How often every reservation is looked at: a few times a minute, because minutes are what counts. */
export const LOOK_EVERY_MS = 20_000
/** Looks between two searches for reservations that the wallet was given. */
const SEARCH_EVERY = 15

/** The reservations that this agent signs for: those that its wallet was ever given, and those that it was told of. */
export class ReservationSet {
  readonly #m: ReservationSetModules
  readonly #everyMs: number
  readonly #keepers = new Map<Hex, ReservationKeeper>()
  readonly #stopper = new AbortController()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #looks = 0

  constructor(modules: ReservationSetModules, everyMs: number) {
    this.#m = modules
    this.#everyMs = everyMs
    for (const row of modules.store.reservations.all()) this.#keep(row)
  }

  all(): ReservationKeeper[] {
    return [...this.#keepers.values()]
  }

  /** A reservation by its id or a unique beginning of it, with or without 0x. */
  find(ref: string): ReservationKeeper {
    const wanted = ref.toLowerCase().replace(/^0x/, "")
    const found = this.all().filter((k) => k.row.id.slice(2).startsWith(wanted))
    if (found.length === 1) return found[0]!
    if (found.length === 0)
      throw new BerthError("no_reservation", `this agent signs for no reservation "${ref}"`, {
        hint: "berth reservations lists those there are",
      })
    throw new BerthError("ambiguous", `"${ref}" is the beginning of ${found.length} reservations`, { hint: "write more of its id" })
  }

  get reader(): ReservedReader {
    return this.#m.reader
  }

  /** The books of work under a reservation. */
  tabOf({ row }: ReservationKeeper, tabs: TabSet): TabKeeper {
    const { client, key } = this.#m
    const signerKey = key.reservationSigner(BigInt(row.id))
    const tenant = client.wallet?.account.address ?? addressOfKey(signerKey)
    return tabs.reserved(row.node, tenant.toLowerCase() as Address, signerKey)
  }

  /** The same, after one more search for what the wallet was given a moment ago. */
  async findNow(ref: string): Promise<ReservationKeeper> {
    try {
      return this.find(ref)
    } catch {
      await this.search()
      return this.find(ref)
    }
  }

  /** From now on this agent signs for a reservation, on the days on which the chain names its key. It need not be made yet. */
  add(id: bigint, node: Address): ReservationKeeper {
    const hex = hexOfId(id)
    const known = this.#keepers.get(hex)
    if (known) return known
    const row = { id: hex, node: node.toLowerCase() as Address, silent: false }
    this.#m.store.reservations.insert(row)
    return this.#keep(row)
  }

  start(): void {
    void this.look()
  }

  async stop(): Promise<void> {
    this.#stopper.abort()
    clearTimeout(this.#timer)
    await this.#looking
  }

  /** Looks at all of them now; joins the look that is under way. */
  look(): Promise<void> {
    clearTimeout(this.#timer)
    this.#looking ??= this.#lookAll().finally(() => {
      this.#looking = undefined
      if (!this.#stopper.signal.aborted) this.#timer = setTimeout(() => void this.look(), this.#everyMs)
    })
    return this.#looking
  }

  async #lookAll(): Promise<void> {
    if (this.#looks++ % SEARCH_EVERY === 0) await this.search()
    await Promise.all(this.all().map((keeper) => (keeper.isLive || !keeper.reserved ? keeper.look() : undefined)))
  }

  /** Finds reservations that the wallet was given since the last search. Tokens that were sold since count too: earlier days are still ours to sign. */
  async search(): Promise<void> {
    const { client, reader, log } = this.#m
    const account = client.wallet?.account.address
    if (!account) return
    try {
      for (const id of await reader.got(account)) {
        const reserved = this.#keepers.has(id) ? undefined : await reader.read(id)
        if (reserved) this.add(BigInt(id), reserved.node)
      }
    } catch (error) {
      log("warn", "reservations could not be looked for; trying again", { message: (error as Error).message })
    }
  }

  #keep(row: ReservationKeeper["row"]): ReservationKeeper {
    const { client, key } = this.#m
    const keeper = new ReservationKeeper(row, key.reservationSigner(BigInt(row.id)), {
      ...this.#m,
      calleeOf: (node) => ({ node, addresses: client.directory.get(node)?.addresses ?? [] }),
    })
    this.#keepers.set(row.id, keeper)
    return keeper
  }
}
