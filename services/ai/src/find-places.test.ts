import { describe, expect, it } from "vitest"
import { findPlaces } from "./find-places.ts"

describe("the places a failure points at", () => {
  it.each([
    ["src/total.ts:12:5 - error TS2322", { path: "src/total.ts", line: 12 }],
    ["src/total.ts(12,5): error TS2322", { path: "src/total.ts", line: 12 }],
    ['  File "tests/test_total.py", line 9, in test', { path: "tests/test_total.py", line: 9 }],
    ["at total (file:///workspace/src/total.js:2:12)", { path: "src/total.js", line: 2 }],
    ["./pkg/total_test.go:4: want 3", { path: "pkg/total_test.go", line: 4 }],
  ])("in %j", (text, place) => {
    expect(findPlaces([], text)).toEqual([place])
  })

  it("puts the suspects first, each once, with the first line said of it", () => {
    expect(findPlaces(["b.ts", "(odd).ts"], "a.ts:3:1\nb.ts:9:1\nb.ts:2:2")).toEqual([
      { path: "b.ts", line: 9 },
      { path: "(odd).ts" },
      { path: "a.ts", line: 3 },
    ])
  })
})
