import { z } from "zod"

const address = z.templateLiteral(["0x", z.string().regex(/^[0-9a-fA-F]{40}$/)])

/** What deployment.json says of a chain. */
export const deploymentSchema = z.object({
  chainId: z.number().int().positive(),
  berth: address,
  computeRecords: address,
  reservations: address,
  startBlock: z.number().int().nonnegative(),
  rpcUrl: z.url(),
})

/** All that a recorder may be told. Every number has a default that suits a public chain. */
export const recorderOptionsSchema = z.object({
  deployment: deploymentSchema,
  /** RPC to use instead of the deployment's. */
  rpcUrl: z.url().optional(),
  /** Where the store and the admin socket live. */
  stateDir: z.string().min(1),
  /** Path of the admin socket; `<stateDir>/recorder.sock` by default. */
  socket: z.string().optional(),
  /** Multiaddrs to listen on. */
  listen: z.array(z.string()).default(["/ip4/0.0.0.0/tcp/9900"]),
  /** Multiaddrs to tell others instead of those listened on. */
  announce: z.array(z.string()).default([]),
  /** How often the chain is asked for a new block, ms. */
  pollMs: z.number().int().min(20).default(1_000),
  /** Blocks on top of a transaction before it counts as done: 1 = mined. */
  confirmations: z.number().int().min(1).max(64).default(1),
  /** Calldata of one anchor. Public transaction pools take transactions of up to 128 KiB. */
  maxAnchorBytes: z.number().int().min(1_024).max(120_000).default(96_000),
  /** Lines of one settlement transaction: 14,000 gas and 112 bytes each; a transaction holds 16.7 M gas and 128 KiB. */
  maxSettleLines: z.number().int().min(1).max(1_100).default(1_000),
  /** Gas that one transaction may take (EIP-7825 ends it at 16,777,216). */
  maxGas: z.number().int().min(100_000).max(16_777_216).default(16_000_000),
  /** Settle a day by itself once it is over. Off: only when asked. */
  autoSettle: z.boolean().default(true),
  /** Seconds of chain time after midnight before a day is settled: nodes hand in their last receipts in it. */
  settleDelay: z.number().int().nonnegative().default(300),
  /** Seconds of chain time between two looks at what is left to settle, and between two settlements of a tab that is closing. */
  settleEvery: z.number().int().positive().default(3_600),
  /** A line that would pay less than this is left to the next day: dust must not cost the recorder more than it moves. */
  minPaid: z.number().int().positive().default(1),
  /** Take receipts only of nodes that named this recorder in their profile. */
  onlyNamed: z.boolean().default(false),
})

export type RecorderOptions = z.output<typeof recorderOptionsSchema>
export type RecorderInput = z.input<typeof recorderOptionsSchema>
