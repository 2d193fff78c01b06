/** The named steps of a claim from what proves it to the chain. Fault tests kill the node at each of them. */
export const CLAIM_STEPS = ["claimStored", "claimSigned", "claimQueued", "claimSent", "claimDecided"] as const
export type ClaimStep = (typeof CLAIM_STEPS)[number]

/** Called when a step is done. Does nothing in production; a test's entry file composes a node with one that kills it. */
export type OnClaimStep = (step: ClaimStep) => void
