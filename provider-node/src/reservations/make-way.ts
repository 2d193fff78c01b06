/** A lease that pays as it goes, oldest first. */
interface Paying {
  readonly count: number
}

/**
 * Which leases go when only `room` units are left for them: the oldest stay, for as long as they fit. None is chosen while all fit.
 * @returns those that must make way
 */
export function whoMakesWay<Lease extends Paying>(leases: readonly Lease[], room: number): Lease[] {
  let left = room
  return leases.filter(({ count }) => {
    if (count > left) return true
    left -= count
    return false
  })
}
