import { Effect } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { diffContents } from "./compare.ts"
import { parseDiff } from "./parse.ts"
import { printDiff } from "./print.ts"

const read = (text: string, options = {}) => Effect.runSync(parseDiff(text, options))

describe("parseDiff", () => {
  it("reads back what is printed", () => {
    const line = fc.oneof(
      fc.constantFrom("a", "b", "", "--- a/x", "+++ b/x", "@@ -1 +1 @@", "diff --git a/x b/x", "\\ No", "é\r"),
      fc.string().map((text) => text.replaceAll("\n", "")),
    )
    const content = fc
      .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
      .map(([lines, ended]) => lines.join("\n") + (ended ? "\n" : ""))
    const path = fc.constantFrom("a.js", "src/with space.js", "ü.txt", 'q"uote', "tab\tin")
    fc.assert(
      fc.property(path, content, content, (name, before, after) => {
        const file = diffContents(name, before, after)
        if (file === undefined) return
        const text = printDiff([file])
        expect(printDiff(read(text))).toBe(text)
        expect(printDiff(read(text, { recount: true }))).toBe(text)
      }),
      { numRuns: 300 },
    )
  })

  it("never throws, whatever it is given", () => {
    const part = fc.constantFrom(
      "diff --git a/x b/x",
      "--- a/x",
      "+++ b/x",
      "--- /dev/null",
      "@@ -1 +1 @@",
      "@@ -0,0 +1 @@",
      "-a",
      "+b",
      " c",
      "",
      "rename from x",
      "rename to y",
      "new file mode 120000",
      "\\ No newline at end of file",
      "GIT binary patch",
      '"',
    )
    fc.assert(
      fc.property(fc.array(part), fc.boolean(), (parts, recount) => {
        Effect.runSync(Effect.result(parseDiff(parts.join("\n"), { recount })))
      }),
      { numRuns: 1_000 },
    )
  })
})
