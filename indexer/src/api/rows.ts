import { type FieldNode, type FragmentDefinitionNode, Kind, parse, type SelectionSetNode, type ValueNode } from "graphql"

/** What Ponder gives of a list without a `limit`, and at most. */
const DEFAULT_LIMIT = 50
const MOST = 1_000
/** Selections looked at: fragments within fragments, twice each, would double them at every step. */
const MAX_STEPS = 20_000
/** Of one query, in all its lists. */
export const MAX_ROWS = 100_000

/**
 * How many rows a query may ask for: each list within a list is read once for each of the outer one's rows. Ponder bounds a query's depth and
 * words, and a few of these make a thousand million.
 * @throws GraphQLError when it is no GraphQL; RangeError
 */
export function rowsOf(query: string, variables: Readonly<Record<string, unknown>> = {}): number {
  let steps = 0
  const { definitions } = parse(query, { maxTokens: 1_000 })
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  const limitOf = (value: ValueNode | undefined): number => {
    const given = value?.kind === Kind.VARIABLE ? variables[value.name.value] : value?.kind === Kind.INT ? Number(value.value) : undefined
    return given === undefined || given === null ? DEFAULT_LIMIT : Math.min(Math.max(Number(given) || MOST, 1), MOST)
  }
  /** Its fields, those of its fragments among them. @param open fragments that this is within: one that spreads itself is Ponder's to refuse */
  const fieldsOf = (
    selections: SelectionSetNode | undefined,
    open: ReadonlySet<string>,
  ): { field: FieldNode; open: ReadonlySet<string> }[] =>
    (selections?.selections ?? []).flatMap((selection) => {
      if (++steps > MAX_STEPS) throw new RangeError("This query uses its fragments too often: write out what it asks for.")
      if (selection.kind === Kind.FIELD) return [{ field: selection, open }]
      if (selection.kind === Kind.INLINE_FRAGMENT) return fieldsOf(selection.selectionSet, open)
      const name = selection.name.value
      return open.has(name) ? [] : fieldsOf(fragments.get(name)?.selectionSet, new Set([...open, name]))
    })
  const rows = (selections: SelectionSetNode | undefined, open: ReadonlySet<string>): number =>
    fieldsOf(selections, open).reduce((sum, found) => sum + ofField(found.field, found.open), 0)
  const ofField = ({ name, arguments: given, selectionSet }: FieldNode, open: ReadonlySet<string>): number => {
    const within = rows(selectionSet, open)
    // A page's rows are in its `items`; its limit is its parent's argument, which is counted there.
    if (!selectionSet || name.value === "items") return within
    const isPage = fieldsOf(selectionSet, open).some(({ field }) => field.name.value === "items")
    return isPage ? limitOf(given?.find((argument) => argument.name.value === "limit")?.value) * (1 + within) : 1 + within
  }
  return definitions.reduce(
    (sum, definition) => (definition.kind === Kind.OPERATION_DEFINITION ? sum + rows(definition.selectionSet, new Set()) : sum),
    0,
  )
}
