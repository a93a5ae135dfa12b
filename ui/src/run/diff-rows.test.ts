import { describe, expect, it } from "vitest"
import { changedWords, pairsOf, readDiff } from "./diff-rows.ts"
import { piecesOf } from "./line-pieces.ts"

const diff = `diff --git a/src/a.ts b/src/a.ts
--- a/src/a.ts
+++ b/src/a.ts
@@ -1,4 +1,5 @@
 first
-const a = one(1)
+const a = two(1)
+const b = 3
 last
 end
diff --git a/old.txt b/old.txt
deleted file mode 100644
--- a/old.txt
+++ /dev/null
@@ -1 +0,0 @@
-gone
\\ No newline at end of file
diff --git a/before.ts b/after.ts
similarity index 100%
rename from before.ts
rename to after.ts
`

describe("a diff", () => {
  const files = readDiff(diff) ?? []

  it("is read file by file, with what happened to each", () => {
    expect(files.map(({ path, change, added, removed }) => [path, change, added, removed])).toEqual([
      ["src/a.ts", "modified", 2, 1],
      ["old.txt", "deleted", 0, 1],
      ["after.ts", "renamed", 0, 0],
    ])
    expect(files[2]?.from).toBe("before.ts")
    expect(files[1]?.hunks[0]?.lines[0]).toMatchObject({ old: 1, noNewline: true })
  })

  it("counts lines on both sides", () => {
    expect(files[0]?.hunks[0]?.lines.map((line) => [line.kind, line.old, line.new])).toEqual([
      [" ", 1, 1],
      ["-", 2, undefined],
      ["+", undefined, 2],
      ["+", undefined, 3],
      [" ", 3, 4],
      [" ", 4, 5],
    ])
  })

  it("stands side by side: what went beside what came", () => {
    const pairs = pairsOf(files[0]?.hunks[0]?.lines ?? [])
    expect(pairs.map(([left, right]) => [left?.text, right?.text])).toEqual([
      ["first", "first"],
      ["const a = one(1)", "const a = two(1)"],
      [undefined, "const b = 3"],
      ["last", "last"],
      ["end", "end"],
    ])
  })

  it("that is none is not made one", () => {
    expect(readDiff("no diff at all")).toBeUndefined()
    expect(readDiff("--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n-too short\n")).toBeUndefined()
  })
})

describe("words of a line", () => {
  it("are marked where they changed", () => {
    expect(changedWords("const a = one(1)", "const a = two(1)")).toEqual([[[10, 13]], [[10, 13]]])
  })

  it("are not compared between lines that have nothing in common, or are too long to read", () => {
    expect(changedWords("import x from y", "}")).toEqual([[], []])
    expect(changedWords("a ".repeat(400), "b")).toEqual([[], []])
  })

  it("are cut where a colour or a change begins and ends, and nothing is lost", () => {
    const tokens = [
      { text: "const", scope: "keyword" },
      { text: " a = one", scope: "" },
    ]
    const pieces = piecesOf("const a = one", tokens, [[3, 7]])
    expect(pieces).toEqual([
      { text: "con", classes: "hl-keyword" },
      { text: "st", classes: "hl-keyword word" },
      { text: " a", classes: "word" },
      { text: " = one", classes: "" },
    ])
  })
})
