/** Milliseconds of this machine's monotonic clock: windows, grace and metering. It starts anew with the process. */
export const monotonicMs = (): number => performance.now()

/** Milliseconds since 1970, for people and for keeping things between restarts; never for money. */
export const wallMs = (): number => Date.now()
