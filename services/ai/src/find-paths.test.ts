import { describe, expect, it } from "vitest"
import { findPaths } from "./find-paths.ts"

describe("the places a log names", () => {
  it.each([
    ["src/total.ts:12:5 - error TS2322", { path: "src/total.ts", line: 12 }],
    ["src/total.ts(12,5): error TS2322", { path: "src/total.ts", line: 12 }],
    ['  File "tests/test_total.py", line 9, in test', { path: "tests/test_total.py", line: 9 }],
    ["at total (file:///workspace/src/total.js:2:12)", { path: "src/total.js", line: 2 }],
    ["at /home/runner/work/shop/shop/src/a.ts:3:1", { path: "src/a.ts", line: 3 }],
    ["./pkg/total_test.go:4: want 3", { path: "pkg/total_test.go", line: 4 }],
    ["app/models/user.rb:7:in `save'", { path: "app/models/user.rb", line: 7 }],
    ["FAIL test/total.test.js", { path: "test/total.test.js" }],
  ])("in %j", (text, place) => {
    expect(findPaths(text, 5)).toEqual([place])
  })

  it.each([
    "at /usr/lib/python3.11/unittest/case.py:57",
    "at node_modules/vitest/dist/index.js:3:1",
    "version 1.2.3",
    "/root/.cargo/registry/src/x.rs:1",
    "../../etc/passwd.txt:1",
    "node v20.1.0a",
  ])("finds none of the repository's in %j", (text) => {
    expect(findPaths(text, 5)).toEqual([])
  })

  it("keeps the order, each once, with the first line said of it, up to the limit", () => {
    const text = "b.ts\na.ts:3\nb.ts:9\na.ts:7\nc.ts:1"
    expect(findPaths(text, 2)).toEqual([
      { path: "b.ts", line: 9 },
      { path: "a.ts", line: 3 },
    ])
  })

  it("takes linear time on hostile text", () => {
    const started = performance.now()
    findPaths("a/".repeat(200_000), 5)
    findPaths("a.".repeat(200_000), 5)
    findPaths(`${"a".repeat(400_000)}.ts`, 5)
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
