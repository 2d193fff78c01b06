/** The compiler's standard JSON input, as far as we touch it. */
export interface CompilerInput {
  readonly sources: Record<string, { content: string }>
  readonly settings: Record<string, unknown>
}

export interface BuildInfo {
  readonly solcLongVersion: string
  readonly userSourceNameMap: Record<string, string>
  readonly input: CompilerInput
}

export interface CompilerOutput {
  readonly sources: Record<string, { ast: { nodes: readonly { nodeType: string; absolutePath?: string }[] } }>
}

/** The input with only what `source` imports, directly or not: what somebody who checks the contract should read. */
export function closureOf(input: CompilerInput, output: CompilerOutput, source: string): CompilerInput {
  const needed = new Set([source])
  // A set's iteration reaches what is added meanwhile.
  for (const each of needed)
    for (const { nodeType, absolutePath } of output.sources[each]!.ast.nodes) if (nodeType === "ImportDirective") needed.add(absolutePath!)
  const sources = Object.fromEntries([...needed].sort().map((each) => [each, input.sources[each]!]))
  const outputSelection = { "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "metadata"] } }
  return { ...input, sources, settings: { ...input.settings, outputSelection } }
}
