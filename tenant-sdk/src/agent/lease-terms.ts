import {
  addressOfKey,
  bytesToHex,
  canonicalJson,
  hexToBytes,
  type LeaseTerms,
  leaseId,
  type Market,
  type PrivateTerms,
  privateTermsHash,
  quoteDigest,
  tabId,
} from "@berth/protocol"
import { nativeEcdsa } from "@berth/protocol/native"
import { quoteToWire, SignedQuote } from "@berth/protocol/wire"
import type { Hex } from "viem"
import type { Offer } from "../actions/rankQuotes.ts"
import { BerthError } from "../errors.ts"
import type { LeaseRow } from "../store/lease-rows.ts"
import type { RunOptions } from "./agent.ts"
import { markNow } from "./clock.ts"

export interface LeaseDraft {
  readonly market: Market
  readonly offer: Offer
  readonly signerKey: Uint8Array
  readonly leaseNo: number
  /** Chain time, unix seconds. */
  readonly start: bigint
  readonly clientId: Hex
  readonly options: RunOptions
}

/** The terms that follow from a quote, signed by the tab's signer: a lease ready to be stored and sent. */
export function signLease(draft: LeaseDraft): LeaseRow {
  const { market, offer, signerKey, leaseNo, start, clientId, options } = draft
  const { quote } = offer
  const signer = addressOfKey(signerKey)
  const { class: gpuClass, count, price, meter, window, pause, stop, idle } = quote
  const tab = tabId(market, signer, quote.node)
  const privateTerms = canonicalJson(privateTermsOf(options))
  const lease: LeaseTerms = {
    terms: { tab, leaseNo, class: gpuClass, count, price, meter, start, window, pause, stop, idle },
    clientId: hexToBytes(clientId),
    privateHash: privateTermsHash(privateTerms),
    quoteHash: quoteDigest(market, quote),
  }
  const id = leaseId(market, lease)
  return {
    leaseId: bytesToHex(id),
    signer,
    leaseNo,
    clientId,
    terms: lease.terms,
    privateTerms,
    quote: SignedQuote.encode(quoteToWire(quote, offer.signature)),
    signature: nativeEcdsa.sign(id, signerKey),
    nodeSignature: undefined,
    sent: markNow(),
    ended: undefined,
    stopAsked: undefined,
    progress: {
      state: "quoted",
      reason: "",
      exitCode: undefined,
      detail: "",
      activeMs: 0n,
      pulledBytes: 0n,
      pullTotalBytes: 0n,
      imageId: "",
      unknown: false,
    },
  }
}

/** Credits that the quote asks ahead of a newcomer; 0 when the node knows the tenant. */
export function quotedAdvance(row: Pick<LeaseRow, "quote">): bigint {
  return SignedQuote.decode(row.quote).startPrice
}

/** A clientId as given, checked: 16 bytes of hex. */
export function clientIdOf(id: string): Hex {
  if (/^0x[0-9a-f]{32}$/i.test(id)) return id.toLowerCase() as Hex
  throw new BerthError("usage", `"${id}" is not an id: 16 bytes as 0x and 32 hex digits`, { hint: "leave it away to have one made" })
}

function privateTermsOf(o: RunOptions): PrivateTerms {
  return {
    image: o.image,
    ...(o.command?.length && { command: o.command }),
    ...(o.entrypoint?.length && { entrypoint: o.entrypoint }),
    ...(o.env && Object.keys(o.env).length > 0 && { env: o.env }),
    ...(o.workdir && { workdir: o.workdir }),
    ...(o.memoryMiB && { memoryMiB: o.memoryMiB }),
    ...(o.readOnly && { readOnly: true }),
  }
}
