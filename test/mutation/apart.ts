import { keccak256, toUtf8Bytes } from "ethers"

/**
 * The core makes other contracts with `new`, so their code is part of its code, and a mutant of either would compile both: half a minute.
 * For mutants the code to be made lies in the chain at an address of its own, put there before the tests; the core is compiled alone and
 * takes it from there.
 */
export function addressOf(contract: string): string {
  return `0x${keccak256(toUtf8Bytes(`apart ${contract}`)).slice(-40)}`
}

/**
 * `new X(a, b)` becomes `X(__apart(address of X's code, abi.encode(a, b)))` for every contract in `names`. With `codeOf`, which says X's
 * creation code (hex), that code stands in the text as a constant instead: where nothing can be put into the chain beforehand.
 */
export function setApart(text: string, names: readonly string[], codeOf?: (name: string) => string): string {
  let changed = false
  const out = text.replace(new RegExp(`\\bnew (${names.join("|")})\\(([^;]*)\\);`, "g"), (_, name: string, args: string) => {
    changed = true
    const code = codeOf ? `hex"${codeOf(name)}"` : `address(uint160(${BigInt(addressOf(name))})).code`
    return `${name}(__apart(${code}, abi.encode(${args})));`
  })
  return changed ? out + APART : out
}

const APART = `
function __apart(bytes memory creation, bytes memory arguments) returns (address made) {
    bytes memory code = bytes.concat(creation, arguments);
    assembly ("memory-safe") {
        made := create(0, add(code, 32), mload(code))
    }
    require(made != address(0), "what was set apart could not be made");
}
`
