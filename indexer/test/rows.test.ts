import { expect } from "chai"
import { getIntrospectionQuery } from "graphql"
import { MAX_ROWS, rowsOf } from "../src/api/rows.ts"
import { documentedQueries } from "./documented.ts"

describe("the rows that a query may ask for", () => {
  it("multiply where lists are in lists", () => {
    expect(rowsOf("{ market(id: 1) { paid } }")).to.equal(1)
    expect(rowsOf("{ tabs { items { id } } }")).to.equal(50)
    expect(rowsOf("{ tabs(limit: 10) { items { id nodeInfo { region } } totalCount } }")).to.equal(20)
    expect(rowsOf("query Q($n: Int) { tabs(limit: $n) { items { days(limit: 3) { items { day } } } } }", { n: 7 })).to.equal(28)
  })

  it("are counted through fragments and aliases, and a limit that is none is the highest", () => {
    const deep = "nodeInfo { days(limit: 1000) { items { day } } }"
    const wanted = 1_000 * (1 + 1 + 1_000)
    expect(rowsOf(`{ nodeDays(limit: 1000) { items { ${deep} } } }`)).to.equal(wanted)
    expect(rowsOf(`{ nodeDays(limit: 1000) { items { ...D } } } fragment D on nodeDay { ${deep} }`)).to.equal(wanted)
    expect(rowsOf(`{ nodeDays(limit: 1000) { ...P } } fragment P on nodeDayPage { items { ... on nodeDay { ${deep} } } }`)).to.equal(wanted)
    expect(rowsOf("{ a: tabs(limit: 1000) { items { id } } b: tabs(limit: 1000) { items { id } } }")).to.equal(2_000)
    expect(rowsOf("query Q($n: Int) { tabs(limit: $n) { items { id } } }", { n: "many" })).to.equal(1_000)
    expect(rowsOf("{ ...A } fragment A on Query { tabs { items { id } } ...A }"), "spreads itself").to.equal(50)
  })

  it("are not counted for ever", () => {
    const doubling = Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(" ")
    expect(() => rowsOf(`{ ...F0 } ${doubling} fragment F60 on Query { market(id: 1) { paid } }`)).to.throw("fragments too often")
  })

  it("of what GraphiQL asks of the schema are few", () => {
    expect(rowsOf(getIntrospectionQuery())).to.be.below(1_000)
  })

  it("of every documented query are few", () => {
    for (const part of ["tabs", "reservations"] as const)
      for (const query of documentedQueries(part)) expect(rowsOf(query), query).to.be.at.most(MAX_ROWS)
  })
})
