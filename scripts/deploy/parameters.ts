import { existsSync, readdirSync, readFileSync } from "node:fs"
import { basename, join } from "node:path"
import { type Address, getAddress, isAddress } from "viem"
import { DeployError } from "./deploy-error.ts"

const root = join(import.meta.dirname, "../..")

/** What a network's file says. */
export interface DeployParameters {
  /** The file's name. */
  readonly network: string
  readonly chainId: number
  readonly rpcUrl: string
  /** Blocks, its own included, until a transaction counts as done. */
  readonly confirmations: number
  /** Undefined: a TestUSD is deployed for it. */
  readonly reserve: Address | undefined
  readonly owner: Address
}

/** The file of a network that has one in the repository. */
export function parametersFile(name: string): string {
  const dir = join(root, "ignition/parameters")
  const file = join(dir, `${name}.json`)
  if (/^[a-z0-9-]+$/.test(name) && existsSync(file)) return file
  const known = readdirSync(dir).map((each) => each.replace(/\.json$/, ""))
  throw new DeployError("BadParameters", `no network ${name} in ignition/parameters: it has ${known.join(", ")}. Write ${name}.json there.`)
}

/**
 * Reads and checks a network's file: `network`, and the parameters of one of Ignition's modules in Ignition's form.
 * @throws DeployError `BadParameters` naming the file and the field
 */
export function readParameters(file: string): DeployParameters {
  const whole = objectOf(jsonOf(file), file)
  const [module, ...others] = Object.keys(whole).filter((key) => key !== "network")
  if (others.length > 0 || (module !== "Berth" && module !== "LocalBerth"))
    throw bad(file, "wants two sections: network, and Berth (over a reserve) or LocalBerth (which brings a TestUSD)")
  const network = fields(file, "network", whole.network, ["chainId", "rpcUrl", "confirmations"])
  const values = fields(file, module, whole[module], module === "Berth" ? ["reserve", "owner"] : ["owner"])
  const address = (key: string) => addressOf(file, `${module}.${key}`, values[key])
  return {
    network: basename(file, ".json"),
    chainId: count(file, "network.chainId", network.chainId, Number.MAX_SAFE_INTEGER),
    rpcUrl: urlOf(file, network.rpcUrl),
    confirmations: count(file, "network.confirmations", network.confirmations, 100),
    reserve: module === "Berth" ? address("reserve") : undefined,
    owner: address("owner"),
  }
}

function bad(file: string, what: string, cause?: unknown): DeployError {
  return new DeployError("BadParameters", `${file} ${what}`, { cause })
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch (cause) {
    throw bad(file, `can't be read: ${(cause as Error).message}`, cause)
  }
}

function objectOf(value: unknown, file: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad(file, "is not an object of sections")
  return value as Record<string, unknown>
}

/** A section with exactly these fields: a misspelt one must not pass for left out. */
function fields(file: string, section: string, value: unknown, names: readonly string[]): Record<string, unknown> {
  const found = objectOf(value, `${file}: ${section}`)
  const unknown = Object.keys(found).find((key) => !names.includes(key))
  if (unknown) throw bad(file, `has an unknown field ${section}.${unknown}; there are ${names.join(", ")}`)
  return found
}

function count(file: string, name: string, value: unknown, max: number): number {
  if (!Number.isSafeInteger(value) || (value as number) < 1 || (value as number) > max) throw bad(file, `wants ${name} to be 1 to ${max}`)
  return value as number
}

function urlOf(file: string, value: unknown): string {
  if (typeof value !== "string" || !/^https?:/.test(value) || !URL.canParse(value))
    throw bad(file, "wants network.rpcUrl to be an http(s) URL")
  return value
}

// Mixed case is checked against its checksum: a mistyped owner is nobody's, for ever.
function addressOf(file: string, name: string, value: unknown): Address {
  if (typeof value === "string" && isAddress(value)) return getAddress(value)
  throw bad(file, `has no address in ${name}, or one with a wrong checksum`)
}
