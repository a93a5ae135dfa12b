import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { Patch } from "@ci-fix-pilot/contract/values"
import { Effect, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { diffContents } from "./compare.ts"
import { LIMITS, makePatch } from "./make-patch.ts"
import { printDiff } from "./print.ts"

const added = (name: string, lines: number, width = 1): string =>
  printDiff([diffContents(name, undefined, `${"x".repeat(width)}\n`.repeat(lines)) ?? []].flat())
const refusal = (text: string) => Effect.runSync(Effect.flip(makePatch(text)))

describe("makePatch", () => {
  it("measures a diff and names it by the hash of its exact text", () => {
    const diff = "--- a/b.js\n+++ b/b.js\n@@ -1,2 +1,3 @@\n-a\n+b\n+c\n d\n--- a/a.js\n+++ b/a.js\n@@ -1 +0,0 @@\n-a\n"
    const patch = Effect.runSync(makePatch(diff))
    expect(patch).toStrictEqual({
      diff,
      sha256: sha256Hex(diff),
      files: ["a.js", "b.js"],
      added: 2,
      removed: 2,
    })
    Schema.decodeUnknownSync(Patch)(patch)
  })

  it("names both sides of a rename", () => {
    expect(Effect.runSync(makePatch("diff --git a/x b/y\nrename from x\nrename to y\n")).files).toStrictEqual(["x", "y"])
  })

  it("lets the limits pass and refuses one more", () => {
    expect(Effect.runSync(makePatch(added("x", LIMITS.lines))).added).toBe(400)
    expect(refusal(added("x", LIMITS.lines + 1))).toMatchObject({ _tag: "PatchTooLarge", what: "lines", actual: 401, limit: 400 })
    const files = (count: number) => Array.from({ length: count }, (_, at) => added(`f${at}`, 1)).join("")
    expect(Effect.runSync(makePatch(files(20))).files).toHaveLength(20)
    expect(refusal(files(21))).toMatchObject({ _tag: "PatchTooLarge", what: "files", actual: 21, limit: 20 })
    expect(refusal(added("x", 100, 700))).toMatchObject({ _tag: "PatchTooLarge", what: "bytes", limit: 65_536 })
  })

  it("measures bytes, not characters", () => {
    expect(refusal(added("x", 100).replaceAll("+x", `+${"é".repeat(350)}`))).toMatchObject({ _tag: "PatchTooLarge", what: "bytes" })
  })

  it("refuses what is no diff", () => {
    expect(refusal("rm -rf /")).toMatchObject({ _tag: "PatchUnreadable", line: 1 })
  })

  it("writes a recounted diff anew", () => {
    const patch = Effect.runSync(makePatch("--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n-a\n+b\n", { recount: true }))
    expect(patch.diff).toBe("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n")
  })
})
