import { HDNodeWallet, Interface } from "ethers"
import hre, { network } from "hardhat"
import { type Key, keyOf } from "./structs.ts"
import { decodeAnswers, encodeQuestions } from "./viewBatch.ts"

const PHRASE = "test test test test test test test test test test test junk"
const GAS = "0xe00000"
// The chain's cap of a call, and how many views are sure to fit into it.
const CALL_GAS = "0x1000000"
const AT_ONCE = 80

const artifacts = new Map<string, { abi: unknown[]; bytecode: string }>()

async function artifactOf(name: string) {
  const known = artifacts.get(name)
  if (known) return known
  const { abi, bytecode } = await hre.artifacts.readArtifact(name)
  const artifact = { abi: abi as unknown[], bytecode }
  artifacts.set(name, artifact)
  return artifact
}

export const accountKeys: Key[] = Array.from({ length: 20 }, (_, i) =>
  keyOf(HDNodeWallet.fromPhrase(PHRASE, undefined, `m/44'/60'/0'/0/${i}`).privateKey),
)

export interface Deployed {
  address: string
  abi: Interface
}

/** One in-process chain whose clock the caller sets for every call. */
export class Chain {
  readonly #request: (method: string, params?: unknown[]) => Promise<unknown>
  readonly #close: () => Promise<void>
  readonly #errors = new Map<string, string>()
  chainId = 31337

  private constructor(request: Chain["request"], close: () => Promise<void>) {
    this.#request = request
    this.#close = close
  }

  static async start(): Promise<Chain> {
    const connection = await network.create("local")
    return new Chain(
      (method, params = []) => connection.provider.request({ method, params }),
      () => connection.close(),
    )
  }

  get request() {
    return this.#request
  }

  close(): Promise<void> {
    return this.#close()
  }

  /** Makes `name`'s ABI known at an address, its errors included. */
  async at(name: string, address: string): Promise<Deployed> {
    const abi = new Interface((await artifactOf(name)).abi as string[])
    abi.forEachError((error) => void this.#errors.set(error.selector, error.name))
    return { address, abi }
  }

  async deploy(name: string, ...args: unknown[]): Promise<Deployed> {
    const { abi, bytecode } = await artifactOf(name)
    const data = bytecode + new Interface(abi as string[]).encodeDeploy(args).slice(2)
    const hash = await this.#request("eth_sendTransaction", [{ from: accountKeys[0]!.address, data, gas: "0x1000000" }])
    const receipt = (await this.#request("eth_getTransactionReceipt", [hash])) as { contractAddress: string }
    return this.at(name, receipt.contractAddress)
  }

  /** Mines one transaction at `now`. @returns null, or the name of the error that it reverted with. */
  async send(from: string, to: string, data: string, now: number): Promise<string | null> {
    await this.#request("evm_setNextBlockTimestamp", [`0x${now.toString(16)}`])
    try {
      await this.#request("eth_sendTransaction", [{ from, to, data, gas: GAS }])
      return null
    } catch (error) {
      // The selector is in `data`, or, when the stack trace has lost its way, only in the message.
      const { data, message } = error as { data?: unknown; message: string }
      const selector = (typeof data === "string" ? data : (/return data: (0x[0-9a-f]+)/.exec(message)?.[1] ?? "")).slice(0, 10)
      if (selector.length < 10) throw error
      return this.#errors.get(selector) ?? selector
    }
  }

  async mineAt(now: number): Promise<void> {
    await this.#request("evm_setNextBlockTimestamp", [`0x${now.toString(16)}`])
    await this.#request("evm_mine")
  }

  /** What many views return at the latest block's time, encoded; null for one that reverts. */
  async views(batch: Deployed, now: number, questions: { to: string; data: string }[]): Promise<(string | null)[]> {
    const results: (string | null)[] = []
    for (let i = 0; i < questions.length; i += AT_ONCE) {
      const asked = encodeQuestions(questions.slice(i, i + AT_ONCE))
      const answer = (await this.#request("eth_call", [{ to: batch.address, data: asked, gas: CALL_GAS }, "latest"])) as string
      const { time, data } = decodeAnswers(answer)
      if (time !== now) throw new Error(`asked at ${time}, expected ${now}`)
      results.push(...data)
    }
    return results
  }
}
