import { mnemonicToAccount } from "viem/accounts"

export const CHAIN_ID = 31337

/** The mnemonic that every development chain uses. Its keys are public: worth nothing outside this machine. */
export const DEV_MNEMONIC = "test test test test test test test test test test test junk"

/** The n-th development account, 0 to 19, with 10,000 ether. The chain's own helpers use the last one, 19. */
export function devAccount(index: number) {
  return mnemonicToAccount(DEV_MNEMONIC, { addressIndex: index })
}
