export * from "./convert.ts"
export * from "./generated/messages.js"
export * from "./proposal.ts"
export * from "./protocols.ts"
