import { describe, expect, it } from "vitest"
import { explainRevert, rankPieces } from "./rank-pieces.ts"

const piece = (id: number, path: string, line = 1) => ({ id, path, line, added: 1, removed: 1 })

describe("the parts of a change", () => {
  it("are looked at in the order in which the failure points at them, prose last", () => {
    const pieces = [piece(0, "README.md"), piece(1, "src/other.ts"), piece(2, "lib/price.ts"), piece(3, "src/cart.ts")]
    const failure = "at total (/workspace/src/cart.ts:3:1)\n  price.ts failed"
    expect(rankPieces(pieces, failure).map(({ path }) => path)).toEqual(["src/cart.ts", "lib/price.ts", "src/other.ts", "README.md"])
  })

  it("are told to a person: what was undone, what was kept, and how it is known", () => {
    const pieces = [piece(0, "src/price.js", 12), piece(1, "src/price.js", 40), piece(2, "README.md")]
    const [culprit] = pieces
    if (culprit === undefined) throw new Error("there is one")
    const given = {
      pieces,
      reverted: [culprit],
      good: "a".repeat(40),
      failing: "b".repeat(40),
      command: "npm test",
      runs: 5,
      minimal: true,
    }
    expect(explainRevert(given)).toBe(
      "Undoes 1 of the 3 changes between aaaaaaaaaaaa, which is green, and bbbbbbbbbbbb: src/price.js:12 (1 line restored, 1 line taken back). " +
        "The other 2 stay as they are, in src/price.js; README.md. `npm test` is red with it and green without; found by 5 runs in the sandbox, none of which was green with less undone.",
    )
    expect(explainRevert({ ...given, pieces: [culprit] })).toMatch(/^Undoes the only change between .* Nothing else was changed\./)
    expect(explainRevert({ ...given, reverted: pieces })).toMatch(/^Undoes all 3 changes between .* is red with them and green without/)
  })
})
