import { Effect } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { applyDiff } from "./apply.ts"
import { diffContents } from "./compare.ts"
import { reverseDiff } from "./diff.ts"
import { parseDiff } from "./parse.ts"

const apply = (text: string, files: Readonly<Record<string, string>>) =>
  Effect.runSync(Effect.flatMap(parseDiff(text), (diff) => applyDiff(diff, new Map(Object.entries(files)))))
const refusal = (text: string, files: Readonly<Record<string, string>>) =>
  Effect.runSync(Effect.flip(Effect.flatMap(parseDiff(text), (diff) => applyDiff(diff, new Map(Object.entries(files))))))

const CHANGE = "--- a/x\n+++ b/x\n@@ -2,3 +2,3 @@\n b\n-c\n+C\n d\n"

describe("applyDiff", () => {
  it("changes, adds, deletes and renames files, and gives only those", () => {
    const text = `${CHANGE}--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+n\n--- a/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-g\ndiff --git a/old b/moved\nrename from old\nrename to moved\n`
    const after = apply(text, { x: "a\nb\nc\nd\ne\n", gone: "g\n", old: "o\n", other: "untouched\n" })
    expect([...after]).toStrictEqual([
      ["x", "a\nb\nC\nd\ne\n"],
      ["new", "n\n"],
      ["gone", undefined],
      ["old", undefined],
      ["moved", "o\n"],
    ])
  })

  it("finds a hunk that moved, at the nearest place", () => {
    expect(apply(CHANGE, { x: `${"0\n".repeat(50)}a\nb\nc\nd\ne\n` }).get("x")).toContain("b\nC\nd")
    const far = `${"0\n".repeat(9)}b\nc\nd\n`
    expect(apply(CHANGE, { x: `b\nc\nd\n${far}` }).get("x")).toBe(`b\nC\nd\n${far}`)
  })

  type Refusal = readonly [when: string, diff: string, files: Readonly<Record<string, string>>, hunk: number, why: RegExp]
  const refusals: ReadonlyArray<Refusal> = [
    ["a line of context differs", CHANGE, { x: "a\nB\nc\nd\n" }, 1, /no line "b"/],
    ["only white space differs", CHANGE, { x: "a\nb \nc\nd\n" }, 1, /no line "b"/],
    ["line ends differ", CHANGE, { x: "a\r\nb\r\nc\r\nd\r\n" }, 1, /no line/],
    ["the lines are there, but apart", CHANGE, { x: "b\nd\nc\n" }, 1, /not together/],
    ["the file is not there", CHANGE, {}, 0, /does not exist/],
    ["a new file is there already", "--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+n\n", { x: "" }, 0, /exists already/],
    ["a deleted file holds more", "--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-g\n", { x: "g\nmore\n" }, 1, /together/],
    ["it is binary", "diff --git a/x b/x\nBinary files a/x and b/x differ\n", { x: "" }, 0, /binary/],
  ]
  it.each(refusals)("refuses when %s", (_, text, files, hunk, why) => {
    const error = refusal(text, files)
    expect(error).toMatchObject({ _tag: "PatchDoesNotApply", file: "x", hunk })
    expect(error.message).toMatch(why)
  })

  it("leads from any content to any other, and its reverse back", () => {
    const line = fc.constantFrom("a", "b", "c", "", "d\r")
    const content = fc
      .tuple(fc.array(line, { maxLength: 40 }), fc.boolean())
      .map(([lines, ended]) => lines.join("\n") + (ended ? "\n" : ""))
    fc.assert(
      fc.property(content, content, (before, after) => {
        const file = diffContents("x", before, after)
        if (file === undefined) return
        expect(Effect.runSync(applyDiff([file], new Map([["x", before]]))).get("x")).toBe(after)
        expect(Effect.runSync(applyDiff(reverseDiff([file]), new Map([["x", after]]))).get("x")).toBe(before)
      }),
      { numRuns: 500 },
    )
  })

  it("compares large and very different contents without hanging", () => {
    const one = Array.from({ length: 20_000 }, (_, at) => `one ${at}`).join("\n")
    const other = Array.from({ length: 20_000 }, (_, at) => `other ${at}`).join("\n")
    const file = diffContents("x", one, other)
    expect(file && Effect.runSync(applyDiff([file], new Map([["x", one]]))).get("x")).toBe(other)
  })
})
