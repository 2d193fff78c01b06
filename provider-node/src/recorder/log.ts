import type { Logger as Pino } from "pino"

/** What the recorder asks of a logger: pino's, or one that a test collects with. */
export type Logger = Pick<Pino, "debug" | "info" | "warn" | "error">
