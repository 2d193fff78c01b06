export { devAccount } from "./accounts.ts"
export { type LocalChain, startLocalChain } from "./local-chain.ts"
