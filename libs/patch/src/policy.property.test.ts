import { Finding } from "@ci-fix-pilot/contract/values"
import { Effect, Schema } from "effect"
import fc from "fast-check"
import { describe, it } from "vitest"
import { diffContents } from "./compare.ts"
import { judgePatch } from "./policy.ts"
import { countSecrets } from "./policy-fixture.ts"

describe("a patch of any kind", () => {
  it("gets findings that fit the contract, whatever it is", () => {
    const path = fc.constantFrom(
      "src/a.js",
      "test/a.test.js",
      "package.json",
      "test_a.py",
      "a_test.go",
      "Cargo.toml",
      "package-lock.json",
      ".github/x",
      "a.test.tsx",
      "CalcTest.java",
    )
    const line = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(
        "it('x', () => {",
        "})",
        "expect(1).toBe(1)",
        "def test_a():",
        "    assert x == 1",
        "func TestA(t *testing.T) {",
        "}",
        '"a": "1",',
        "{",
        "#[test]",
        '"""',
        "`",
        "/*",
      ),
    )
    const text = fc.array(line, { maxLength: 20 }).map((lines) => lines.join("\n"))
    fc.assert(
      fc.property(path, fc.option(text), fc.option(text), (name, before, after) => {
        const file = diffContents(name, before ?? undefined, after ?? undefined)
        if (file === undefined) return
        const result = Effect.runSync(
          Effect.result(judgePatch([file], { read: () => before ?? undefined, countSecrets, failure: [after ?? ""] })),
        )
        if (result._tag === "Success") Schema.decodeUnknownSync(Schema.Array(Finding))(result.success)
      }),
      { numRuns: 500 },
    )
  })
})
