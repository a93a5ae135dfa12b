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
    ["conftest.py", "def pytest_collection_modifyitems(items): items.clear()", /which tests run/],
    ["tests/conftest.py", "@pytest.hookimpl(hookwrapper=True)", /which tests run/],
    ["plugin.py", "    session.exitstatus = 0", /which tests run/],
  ]
  it.each(tricks)("%s: %s", (path, line, says) => {
    expect(judge(path, "first\n", `first\n${line}\n`).join("\n")).toMatch(says)
  })

  it.each([
    ["scripts/test.sh", "set -e\nnpm run build\nnpm test\n", "set -e\nnpm run build\n"],
    ["scripts/test.sh", "pytest tests integration\n", "pytest tests/unit\n"],
    ["ci/verify", "cargo test --workspace\n", "cargo build --workspace\n"],
    ["run-tests.sh", "go vet ./...\n", undefined],
  ])("a script that runs a check no more, or another one: %s", (path, before, after) => {
    expect(judge(path, before, after).join("\n")).toMatch(/no longer runs/)
  })

  it.each([
    ["scripts/test.sh", "npm test\n", "set -x\n  npm test\n"],
    ["scripts/test.sh", "# runs pytest\npytest\n", "pytest\n"],
    ["scripts/build.sh", "tsc_output=1\ncp -r src out\n", "cp -r src out\n"],
    ["src/run.js", "spawn('jest')\n", "spawn('vitest')\n"],
  ])("a script that runs what it ran: %s", (path, before, after) => {
    expect(judge(path, before, after)).toStrictEqual([])
  })

  it("a suppression that was there before and is only moved", () => {
    const before = "// eslint-disable-next-line no-undef\nuse(x)\nuse(1)\n"
    expect(judge("src/a.js", before, "use(1)\n// eslint-disable-next-line no-undef\nuse(x)\n")).toStrictEqual([])
  })
})
