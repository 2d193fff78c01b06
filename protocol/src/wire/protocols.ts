/** Names, sizes and time limits of the libp2p protocols. A new version is a new name served beside the old. */
export interface ProtocolLimits {
  readonly id: string
  /** Largest frame in bytes, either way. */
  readonly maxFrame: number
  /** Inbound streams a connection may hold open. */
  readonly maxStreams: number
  /** How long the other side may take for one frame, ms. */
  readonly timeoutMs: number
}

/** A request is an image name and a class; a quote about 300 bytes. */
export const QUOTE: ProtocolLimits = { id: "/berth/quote/1", maxFrame: 4_096, maxStreams: 4, timeoutMs: 10_000 }

/** Private terms hold env and command: 64 KiB of them are enough for any shell line. */
export const LEASE: ProtocolLimits = { id: "/berth/lease/1", maxFrame: 96 * 1024, maxStreams: 16, timeoutMs: 15_000 }

/** A proposal of 900 s unsigned at one record of some 40 bytes every 2 s and lease: 256 KiB carry ten leases. Silence is normal: no time limit between frames. */
export const RECEIPT: ProtocolLimits = { id: "/berth/receipt/1", maxFrame: 256 * 1024, maxStreams: 16, timeoutMs: 10_000 }

/** Chunks of at most 32 KiB of log. */
export const LOGS: ProtocolLimits = { id: "/berth/logs/1", maxFrame: 64 * 1024, maxStreams: 16, timeoutMs: 15_000 }

/** Chunks of at most 64 KiB of tar. */
export const FILES: ProtocolLimits = { id: "/berth/files/1", maxFrame: 80 * 1024, maxStreams: 4, timeoutMs: 30_000 }

/** Up to 64 receipts a request. */
export const RECORDS: ProtocolLimits = { id: "/berth/records/1", maxFrame: 1024 * 1024, maxStreams: 4, timeoutMs: 15_000 }

/** A quote of some 300 bytes, or a claim of at most 39 days at two bytes each. */
export const RESERVATION: ProtocolLimits = { id: "/berth/reservation/1", maxFrame: 4_096, maxStreams: 4, timeoutMs: 10_000 }

/** Longest life of a session proof, seconds: a stolen one is of no use to another peer anyway, since it names the peer. */
export const SESSION_MAX_SECONDS = 3_600
