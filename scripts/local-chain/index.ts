export { CHAIN_ID, devAccount } from "./accounts.ts"
export { type LocalChain, type LocalChainOptions, startLocalChain } from "./local-chain.ts"
