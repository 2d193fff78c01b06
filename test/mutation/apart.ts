import { keccak256, toUtf8Bytes } from "ethers"

/**
 * The core makes other contracts with `new`, so their code is part of its code, and a mutant of either would compile both: half a minute.
 * For mutants the code to be made lies in the chain at an address of its own, put there before the tests; the core is compiled alone and
 * takes it from there.
 */
export function addressOf(contract: string): string {
  return `0x${keccak256(toUtf8Bytes(`apart ${contract}`)).slice(-40)}`
}

/** `new X(a, b)` becomes `X(__apart(address of X's code, abi.encode(a, b)))` for every contract in `names`. */
export function setApart(text: string, names: readonly string[]): string {
  let changed = false
  const out = text.replace(new RegExp(`\\bnew (${names.join("|")})\\(([^;]*)\\);`, "g"), (_, name: string, args: string) => {
    changed = true
    return `${name}(__apart(address(uint160(${BigInt(addressOf(name))})), abi.encode(${args})));`
  })
  return changed ? out + APART : out
}

const APART = `
function __apart(address store, bytes memory arguments) returns (address made) {
    bytes memory code = bytes.concat(store.code, arguments);
    assembly ("memory-safe") {
        made := create(0, add(code, 32), mload(code))
    }
    require(made != address(0), "what was set apart could not be made");
}
`
