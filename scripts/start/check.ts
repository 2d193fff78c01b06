/** A check of the run that failed: npm start ends with it as the reason. */
class CheckFailed extends Error {
  override readonly name = "CheckFailed"
}

export function check(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new CheckFailed(otherwise)
}
