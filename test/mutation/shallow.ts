/**
 * Without viaIR the compiler reaches sixteen values down the stack, and few functions of the contracts hold more. Written so that they hold
 * fewer they compile in a third of the time, and so do the mutants of everything else in their contract. Same meaning: the unmutated
 * suite passes on them. A mutant inside such a text, or a text that has changed since, compiles the long way.
 */
const REWRITES: [from: RegExp, to: string][] = [
  // StandingOrders.claimStandingOrder
  [/bytes32 receipt = (keccak256\([^;]*\));\s*require\(_recover\(receipt, r, vs\)/, "require(_recover($1, r, vs)"],
]

export function shallow(text: string): string {
  return REWRITES.reduce((out, [from, to]) => out.replace(from, to), text)
}
