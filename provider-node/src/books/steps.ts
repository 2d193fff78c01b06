/** The named steps of the block loop, in their order. Fault tests kill the node at each of them. */
export const STEPS = ["metered", "recorded", "signed", "stored", "sent", "received", "verified", "countersignStored", "closed"] as const
export type Step = (typeof STEPS)[number]

/** Called when a step is done. Does nothing in production; a test's entry file composes a node with one that kills it. */
export type OnStep = (step: Step) => void

/**
 * What a node claims for a lease, in milliseconds of active time. The identity in production; a test makes a node lie here.
 */
export type ClaimFilter = (leaseNo: number, claimedMs: bigint) => bigint
