/** The named steps from a receipt handed in to its transaction done. Fault tests kill the recorder at each of them. */
export const STEPS = ["stored", "signed", "queued", "sent", "decided", "concluded"] as const
export type Step = (typeof STEPS)[number]

/** Called when a step is done. Does nothing in production; a test's entry file composes a recorder with one that kills it. */
export type OnStep = (step: Step) => void
