// Without compiling anything: `npm run test:traps` says whether they turn their tests red.
import { NAMED } from "./all.ts"
import { changedBy, checkComplete, testsByTitle } from "./named.ts"

describe("named mutants", () => {
  it("there is one for each trap's test and each invariant, and each names a test", () => checkComplete(NAMED, testsByTitle()))

  it("each finds its original text in the contracts once", () => {
    for (const mutant of NAMED) changedBy(mutant)
  })
})
