import { id, keccak256, toUtf8Bytes } from "ethers"
import { accountKeys, Chain, type Deployed } from "./chain.ts"
import { Random } from "./random.ts"
import { type Call, emptyState, type Refusals, type State } from "./spec/state.ts"
import { type Key, keyOf, type StructName, sign } from "./structs.ts"

/** One call on the chain, and the same in the model. */
export interface Action {
  /** What the statistics count it as. */
  entry: string
  from: string
  to: Deployed
  method: string
  args: unknown[]
  model: (state: State, call: Call) => Refusals
}

const MINTED = 10n ** 15n

/** Everything that a seed decides: the chain, the model beside it, the people and their keys. */
export interface World {
  seed: string
  random: Random
  chain: Chain
  token: Deployed
  core: Deployed
  verifiers: Deployed
  reservations: Deployed
  batch: Deployed
  state: State
  now: number
  /** Keys of the people: owners, tenants, operators, a stranger; nodes and verifiers sign, agents sign for days. */
  owners: Key[]
  tenants: Key[]
  operators: Key[]
  stranger: Key
  nodes: Key[]
  verifierKeys: Key[]
  agents: Key[]
  tabSigners: Map<string, Key>
  serial: number
  /** By question: an answer, encoded, and what it was found to say. */
  seen: Map<string, string>
}

export async function createWorld(seed: string): Promise<World> {
  const chain = await Chain.start()
  const key = (i: number) => accountKeys[i]!
  const token = await chain.deploy("TestUSD")
  const core = await chain.deploy("Berth", token.address, key(0).address)
  const partOf = async (view: string) => {
    const answer = (await chain.request("eth_call", [{ to: core.address, data: core.abi.encodeFunctionData(view) }, "latest"])) as string
    return core.abi.decodeFunctionResult(view, answer)[0] as string
  }
  const verifiers = await chain.at("Verifiers", await partOf("verifiers"))
  const reservations = await chain.at("Reservations", await partOf("reservations"))
  const batch = await chain.deploy("ViewBatch")
  const people = [0, 1, 2, 3, 4, 5, 6, 7].map(key)
  const random = new Random(seed)
  const { timestamp } = (await chain.request("eth_getBlockByNumber", ["latest", false])) as { timestamp: string }
  const world: World = {
    ...{ seed, random, chain, token, core, verifiers, reservations, batch, serial: 0 },
    state: emptyState(core.address, reservations.address, key(0).address, Object.fromEntries(people.map((one) => [one.address, MINTED]))),
    now: Number(timestamp) + random.between(1, 86_400),
    owners: [key(0), key(6)],
    tenants: [key(1), key(2), key(3)],
    operators: [key(4), key(5)],
    stranger: key(7),
    nodes: [8, 9, 10, 11].map(key),
    verifierKeys: [13, 14, 15, 16].map(key).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1)),
    agents: [17, 18, 19].map(key),
    tabSigners: new Map(),
    seen: new Map(),
  }
  for (const { address } of people) {
    world.state.allowances[address] = 2n ** 255n
    await must(chain.send(address, token.address, token.abi.encodeFunctionData("mint", [address, MINTED]), world.now++))
    await must(chain.send(address, token.address, token.abi.encodeFunctionData("approve", [core.address, 2n ** 255n]), world.now++))
  }
  return world
}

async function must(sent: Promise<string | null>): Promise<void> {
  const error = await sent
  if (error) throw new Error(`setting the world up failed: ${error}`)
}

export function people(world: World): Key[] {
  return [...world.owners, ...world.tenants, ...world.operators, world.stranger]
}

/** `key`'s signature over a struct for this world's core. */
export function signed(world: World, key: Key, name: StructName, value: Record<string, unknown>): [string, string] {
  return sign(key, world.chain.chainId, world.core.address, name, value)
}

export function hash(world: World, what: string): string {
  return id(`${world.seed} ${what}`)
}

/** A key that nobody has seen. */
export function freshKey(world: World): Key {
  world.serial += 1
  return keyOf(keccak256(toUtf8Bytes(`${world.seed} key ${world.serial}`)))
}
