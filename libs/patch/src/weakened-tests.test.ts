import { describe, expect, it } from "vitest"
import { changedFiles } from "./changed-file.ts"
import { diffContents } from "./compare.ts"
import { judge } from "./judge-fixture.ts"
import { weakenedTests } from "./weakened-tests.ts"

/** What this thread has computed so far (ms): the turns of other programs do not count, as they do on a clock. */
const computedMs = () => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

const JS = 'it("a", () => { expect(1).toBe(1) })\n'

describe("a check that is set differently is seen", () => {
  it.each([
    "jest.config.js",
    "vitest.config.ts",
    "pytest.ini",
    "tsconfig.json",
    ".eslintrc.json",
    "biome.json",
    ".coveragerc",
    "Makefile",
    "packages/a/eslint.config.mjs",
  ])("configuration of checks: %s", (path) => {
    expect(judge(path, "a: 90\n", "a: 80\n")).toContain("what decides how code is checked changes")
  })

  it("a lowered coverage threshold", () => {
    expect(judge("vitest.config.ts", "export default { lines: 90 }\n", "export default { lines: 10 }\n")).toContain(
      "a threshold is lowered",
    )
    expect(judge("pyproject.toml", "[tool.coverage.report]\nfail_under = 90\n", "[tool.coverage.report]\nfail_under = 10\n")).toContain(
      "a threshold is lowered",
    )
  })

  it("the test script and settings of a package", () => {
    const before = JSON.stringify({ scripts: { test: "vitest run", build: "tsc" }, jest: { bail: 1 } })
    expect(judge("package.json", before, before.replace("vitest run", "true"))).toStrictEqual([
      "the script changes or goes: test: vitest run",
    ])
    expect(judge("package.json", before, before.replace('"bail":1', '"bail":0'))).toStrictEqual(["its settings for jest change"])
    expect(judge("package.json", before, before.replace('"build":"tsc"', '"build":"tsc","lint":"biome"'))).toStrictEqual([])
  })

  it("deleted and renamed test files, rewritten snapshots and fixtures", () => {
    expect(judge("test/add.test.js", JS, undefined)).toContain("the test file goes")
    expect(judge("src/__snapshots__/a.snap", "a\n", "b\n")).toContain("recorded output that tests compare with is rewritten")
    expect(judge("pkg/testdata/golden.txt", "a\n", undefined)).toContain("recorded output that tests compare with is rewritten")
    expect(judge("spec/a_spec.rb", "it 'x' do\n  expect(1).to eq 1\nend\n", "it 'x' do\nend\n")).toContain(
      "lines of a test file go or change",
    )
  })

  it("a test file that cannot be compared", () => {
    const file = diffContents("test/a.test.js", "a\n", "b\n")
    expect(
      weakenedTests(
        changedFiles(file ? [file] : [], () => undefined),
        [],
      ).map(({ detail }) => detail),
    ).toStrictEqual(["a test file changes whose text is not known here"])
  })
})

describe("nothing is said of", () => {
  it("a new test file, fixture or snapshot", () => {
    expect(judge("test/new.test.js", undefined, JS)).toStrictEqual([])
    expect(judge("test/__snapshots__/new.test.js.snap", undefined, "exports[`x`] = `1`;\n")).toStrictEqual([])
  })
})

describe("hostile text", () => {
  it.each([
    ["a_test.go", "t.Errorf("],
    ["ATest.java", "@Test "],
    ["ATest.java", "@Test void a() { assertEquals(1, 2); "],
    ["a.rs", '#[test] r"'],
    ["test_a.py", "assert ("],
    ["a.test.js", "expect("],
    ["a.test.js", "1+"],
    ["a.js", "[1234,"],
  ])("does not make the comparison slow: %s %s", (path, piece) => {
    const before = `${piece.repeat(100_000 / piece.length)}\n\n\n\n\n`
    const started = computedMs()
    judge(path, before, `${before}x = 1\n`, ["1234"])
    expect(computedMs() - started).toBeLessThan(3_000)
  })
})
