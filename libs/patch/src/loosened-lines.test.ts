import { describe, expect, it } from "vitest"
import { judge } from "./judge-fixture.ts"

describe("a check that is turned off is seen", () => {
  const tricks: ReadonlyArray<readonly [path: string, line: string, says: RegExp]> = [
    ["src/a.js", "/* eslint-disable */", /linter off/],
    ["src/a.ts", "// @ts-ignore", /type checker off/],
    ["src/a.ts", "// @ts-expect-error", /type checker off/],
    ["src/a.ts", "// biome-ignore lint/x: y", /linter off/],
    ["src/a.py", "x = 1  # type: ignore", /type checker off/],
    ["src/a.py", "x = 1  # noqa: F401", /linter off/],
    ["src/a.go", "x := 1 //nolint:errcheck", /linter off/],
    ["src/A.java", '@SuppressWarnings("unchecked")', /silences/],
    ["src/a.js", "/* istanbul ignore next */", /coverage/],
    ["src/a.py", "x = 1  # pragma: no cover", /coverage/],
    ["scripts/test.sh", "npm test || true", /hides that a command fails/],
    ["scripts/test.sh", "npm test || exit 0", /hides that a command fails/],
    ["scripts/test.sh", "set +e", /hides that a command fails/],
    ["scripts/test.sh", "exit 0", /hides that a command fails/],
    [".github/workflows/ci.yml", "    continue-on-error: true", /hides that a command fails/],
    ["test/setup.js", "process.exit(0)", /as if all was well/],
    ["src/a.py", "sys.exit(0)", /as if all was well/],
    ["scripts/test.sh", "jest --passWithNoTests", /without tests/],
    ["scripts/test.sh", "mvn verify -DskipTests", /without tests/],
    ["src/a.js", "if (process.env.CI) return 5", /otherwise under test/],
    ["src/a.js", 'if (process.env.NODE_ENV === "test") return 5', /otherwise under test/],
    ["src/a.py", 'if "PYTEST_CURRENT_TEST" in os.environ: return 5', /otherwise under test/],
    ["spec/a_spec.rb", '  skip "later"', /leaves a test out/],
  ]
  it.each(tricks)("%s: %s", (path, line, says) => {
    expect(judge(path, "first\n", `first\n${line}\n`).join("\n")).toMatch(says)
  })

  it("a suppression that was there before and is only moved", () => {
    const before = "// eslint-disable-next-line no-undef\nuse(x)\nuse(1)\n"
    expect(judge("src/a.js", before, "use(1)\n// eslint-disable-next-line no-undef\nuse(x)\n")).toStrictEqual([])
  })
})
