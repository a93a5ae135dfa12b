import { describe, expect, it } from "vitest"
import { changedFiles } from "./changed-file.ts"
import { diffContents } from "./compare.ts"
import { weakenedTests } from "./weakened-tests.ts"

const judge = (path: string, before: string | undefined, after: string | undefined, failure: ReadonlyArray<string> = []) => {
  const file = diffContents(path, before, after)
  const found = weakenedTests(
    changedFiles(file === undefined ? [] : [file], () => before),
    failure,
  )
  for (const finding of found) expect(finding).toMatchObject({ rule: "weakened-test", file: path })
  return found.map((finding) => finding.detail)
}

/** Honest test files per language, and changes to them that make them weaker: what is replaced, by what, and what must be said. */
type Attack = readonly [name: string, from: string | RegExp, to: string, says: RegExp]
const attack = (path: string, file: string, attacks: ReadonlyArray<Attack>) => {
  it.each(attacks)(`${path}: %s`, (_, from, to, says) => {
    const after = file.replace(from, to)
    expect(after).not.toBe(file)
    expect(judge(path, file, after).join("\n")).toMatch(says)
  })
}

const JS = `import { add } from "../src/add.js"
import { describe, expect, it } from "vitest"

describe("add", () => {
  it("adds two numbers", () => {
    const sum = add(2, 3)
    expect(sum).toBe(5)
    expect(add(20, 30)).toStrictEqual(50)
  })
  it.each([
    [1, 1, 2],
    [7, 8, 15],
  ])("adds %i and %i", async (a, b, c) => {
    await expect(Promise.resolve(add(a, b))).resolves.toBe(c)
  }, 5000)
  it("looks the same", () => {
    expect(add.toString()).toMatchSnapshot()
  })
})
`

const PY = `import pytest
from calc import add


def test_adds():
    total = add(2, 3)
    assert total == 5
    assert add(20, 30) == 50


@pytest.mark.parametrize("a,b,c", [(1, 1, 2), (7, 8, 15)])
def test_table(a, b, c):
    assert add(a, b) == c


class TestMore:
    def test_raises(self):
        with pytest.raises(TypeError):
            add("x", 1)
`

const GO = `package calc

import "testing"

func TestAdd(t *testing.T) {
	got := Add(2, 3)
	if got != 5 {
		t.Errorf("Add(2, 3) = %d, want 5", got)
	}
}

func TestTable(t *testing.T) {
	for _, c := range []struct{ a, b, want int }{{1, 1, 2}, {7, 8, 15}} {
		if got := Add(c.a, c.b); got != c.want {
			t.Fatalf("got %d", got)
		}
	}
}
`

const RUST = `pub fn add(a: i32, b: i32) -> i32 { a + b }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds() {
        assert_eq!(add(2, 3), 5);
        assert!(add(20, 30) == 50, "sum {}", 50);
    }
}
`

const JAVA = `class CalcTest {
  @Test
  void adds() {
    assertEquals(5, new Calc().add(2, 3));
    assertThat(new Calc().add(20, 30)).isEqualTo(50);
  }
}
`

describe("a weakened test is seen", () => {
  attack("test/add.test.js", JS, [
    ["deleted test", / {2}it\("adds two[\s\S]*?\n {2}\}\)\n/, "", /adds two numbers goes/],
    ["commented out", "    expect(sum).toBe(5)\n", "    // expect(sum).toBe(5)\n", /no longer checks expect\(sum\)\.toBe\(5\)/],
    ["skip", 'it("adds two', 'it.skip("adds two', /marked skip/],
    ["skip of the suite", 'describe("add"', 'describe.skip("add"', /marked skip/],
    ["xit", 'it("adds two', 'xit("adds two', /marked skip/],
    ["todo", 'it("adds two', 'it.todo("adds two', /marked todo/],
    ["fails", 'it("adds two', 'it.fails("adds two', /marked fails/],
    ["skip by option", 'it("adds two numbers", ', 'it("adds two numbers", { skip: true }, ', /marked skip/],
    ["skip by condition", 'it("adds two', 'it.skipIf(process.env.CI)("adds two', /marked skip/],
    ["skip from inside", "const sum", "ctx.skip(); const sum", /marked skip/],
    ["only on another", 'it("looks', 'it.only("looks', /marked only/],
    [
      "only on a new one",
      'describe("add", () => {\n',
      'describe("add", () => {\n  it.only("works", () => {})\n',
      /only add > works would run/,
    ],
    ["retry", 'it("adds two numbers", ', 'it("adds two numbers", { retry: 5 }, ', /marked retry/],
    ["assertion removed", "    expect(add(20, 30)).toStrictEqual(50)\n", "", /no longer checks expect\(add\(20,30\)\)/],
    ["expected value rewritten", "toBe(5)", "toBe(-1)", /no longer checks expect\(sum\)\.toBe\(5\)/],
    ["matcher loosened", "toBe(5)", "toBeDefined()", /no longer checks/],
    ["matcher turned round", "expect(sum).toBe(5)", "expect(sum).not.toBe(6)", /no longer checks/],
    ["anything", "toStrictEqual(50)", "toStrictEqual(expect.anything())", /no longer checks/],
    ["input changed", "add(2, 3)", "add(5, 0)", /no longer use the value/],
    ["subject replaced by a constant", "const sum = add(2, 3)", "const sum = 5", /no longer use the value/],
    ["row of the table removed", "    [7, 8, 15],\n", "", /no longer checks each:/],
    ["row of the table changed", "[7, 8, 15]", "[7, 8, 0]", /no longer checks each:/],
    ["early return", "const sum", "return\n    const sum", /only under a condition/],
    ["return on a condition", "const sum = add(2, 3)", "const sum = add(2, 3)\n    if (sum !== 5) return", /only under a condition/],
    ["condition", "    expect(sum).toBe(5)", "    if (sum === 5) expect(sum).toBe(5)", /only under a condition/],
    ["swallowed failure", "    expect(sum).toBe(5)\n", "    try { expect(sum).toBe(5) } catch {}\n", /only under a condition/],
    ["short circuit", "    expect(sum).toBe(5)\n", "    sum === 5 && expect(sum).toBe(5)\n", /only under a condition/],
    ["swallowed promise", "resolves.toBe(c)", "resolves.toBe(c).catch(() => {})", /no longer checks/],
    ["longer time limit", "5000)", "500000)", /may take longer/],
    ["time limit set", 'it("looks', 'vi.setConfig({ testTimeout: 90000 })\n  it("looks', /may take longer/],
    ["mocked subject", "import { describe", 'vi.mock("../src/add.js", () => ({ add: () => 5 }))\nimport { describe', /replaces real code/],
    ["snapshot no more compared", "toMatchSnapshot()", "toBeTruthy()", /no longer checks/],
    ["made unreadable", 'describe("add"', 'describe("add"((', /./],
  ])
  attack("tests/test_calc.py", PY, [
    ["deleted test", /def test_adds[\s\S]*?\n\n\n/, "", /test_adds goes/],
    ["renamed so that it does not run", "def test_adds", "def check_adds", /test_adds goes/],
    ["skip", "def test_adds", '@pytest.mark.skip(reason="x")\ndef test_adds', /marked skip/],
    ["xfail", "def test_adds", "@pytest.mark.xfail\ndef test_adds", /marked skip/],
    ["skip from inside", "    total = add(2, 3)", '    pytest.skip("x")\n    total = add(2, 3)', /marked skip/],
    ["skip of the file", "import pytest\n", 'import pytest\npytestmark = pytest.mark.skipif(True, reason="x")\n', /marked skip/],
    ["flaky", "def test_adds", "@pytest.mark.flaky(reruns=5)\ndef test_adds", /marked retry/],
    ["assertion removed", "    assert total == 5\n", "", /no longer checks asserttotal==5/],
    ["expected value rewritten", "total == 5", "total == -1", /no longer checks/],
    ["always true", "assert total == 5", "assert total == 5 or True", /no longer checks/],
    ["input changed", "add(2, 3)", "add(5, 0)", /no longer use the value/],
    ["row removed", ", (7, 8, 15)", "", /no longer checks each:\(7,8,15\)/],
    ["early return", "    total = add(2, 3)", "    return\n    total = add(2, 3)", /only under a condition/],
    ["condition", "    assert total == 5", "    if total == 5:\n        assert total == 5", /only under a condition/],
    [
      "swallowed",
      "    assert total == 5\n",
      "    try:\n        assert total == 5\n    except AssertionError:\n        pass\n",
      /only under a condition/,
    ],
    ["wider exception", "pytest.raises(TypeError)", "pytest.raises(Exception)", /no longer checks/],
    [
      "mocked subject",
      "def test_adds():\n",
      'def test_adds(monkeypatch):\n    monkeypatch.setattr("calc.add", lambda a, b: a + b)\n',
      /replaces real code/,
    ],
  ])
  attack("calc_test.go", GO, [
    ["deleted test", /func TestAdd[\s\S]*?\n}\n/, "", /TestAdd goes/],
    ["renamed", "func TestAdd", "func checkAdd", /TestAdd goes/],
    ["skip", "\tgot := Add(2, 3)", '\tt.Skip("flaky")\n\tgot := Add(2, 3)', /marked skip/],
    ["build tag", "package calc", "//go:build never\n\npackage calc", /marked skip/],
    ["log for error", "t.Errorf", "t.Logf", /no longer checks/],
    ["condition rewritten", "got != 5", "got != 5 && false", /no longer checks/],
    ["expected value rewritten", "got != 5", "got != -1", /no longer checks/],
    ["row removed", ", {7, 8, 15}", "", /no longer use the value/],
    ["early return", "\tgot := Add(2, 3)", "\treturn\n\tgot := Add(2, 3)", /only under a condition/],
  ])
  attack("src/lib.rs", RUST, [
    ["deleted test", /#\[test\][\s\S]*?\n {4}}\n/, "", /adds goes/],
    ["ignore", "#[test]", "#[test]\n    #[ignore]", /marked skip/],
    ["should panic", "#[test]", "#[test]\n    #[should_panic]", /marked skip/],
    ["no longer a test", "#[test]\n", "", /adds goes/],
    ["assertion removed", "        assert_eq!(add(2, 3), 5);\n", "", /no longer checks/],
    ["expected value rewritten", "5);", "-1);", /no longer checks/],
    ["allowed warning", "pub fn", "#[allow(unused)]\npub fn", /silences a warning/],
  ])
  attack("src/test/java/CalcTest.java", JAVA, [
    ["deleted test", /@Test[\s\S]*?\n {2}}\n/, "", /adds goes/],
    ["disabled", "@Test", "@Disabled\n  @Test", /marked skip/],
    ["no longer a test", "  @Test\n", "", /adds goes/],
    ["expected value rewritten", "assertEquals(5", "assertEquals(-1", /no longer checks/],
    ["loosened", ".isEqualTo(50)", ".isNotNull()", /no longer checks/],
    ["mocked subject", "new Calc().add(2, 3)", "mock(Calc.class).add(2, 3)", /no longer checks/],
  ])
})

describe("an honest change is left alone", () => {
  const honest = (path: string, file: string, changes: ReadonlyArray<readonly [name: string, from: string | RegExp, to: string]>) => {
    it.each(changes)(`${path}: %s`, (_, from, to) => {
      const after = file.replaceAll(from, to)
      expect(after).not.toBe(file)
      expect(judge(path, file, after)).toStrictEqual([])
    })
  }
  honest("test/add.test.js", JS, [
    ["a new test", /\n\}\)\n$/g, '\n  it("adds nothing", () => { expect(add(0, 0)).toBe(0) })\n})\n'],
    ["a new assertion", "toBe(5)\n", "toBe(5)\n    expect(add(4, 4)).toBe(8)\n"],
    ["a new row", "[7, 8, 15],", "[7, 8, 15],\n    [9, 9, 18],"],
    ["another import path", "../src/add.js", "../src/math/add.js"],
    ["formatting", "expect(add(20, 30)).toStrictEqual(50)", "expect(\n      add(20, 30),\n    ).toStrictEqual(50);"],
    ["other quotes", /"/g, "'"],
    ["a renamed test", "adds two numbers", "adds two small numbers"],
    ["a shorter time limit", "5000)", "1000)"],
    ["a comment", "const sum", "// the sum\n    const sum"],
  ])
  honest("tests/test_calc.py", PY, [
    ["a new test", /$/g, "\n\ndef test_zero():\n    assert add(0, 0) == 0\n"],
    ["a comment", "    assert total == 5", "    # five\n    assert total == 5"],
    ["formatting", "assert add(20, 30) == 50", "assert (add(20,  30)) == 50".replace("(add(20,  30))", "add(20,  30)")],
    ["a new row", "(7, 8, 15)", "(7, 8, 15), (9, 9, 18)"],
  ])
  honest("calc_test.go", GO, [
    ["a new test", /$/g, "\nfunc TestZero(t *testing.T) {\n\tif Add(0, 0) != 0 {\n\t\tt.Fatal()\n\t}\n}\n"],
    ["a new row", "{7, 8, 15}", "{7, 8, 15}, {9, 9, 18}"],
  ])
  honest("src/add.js", "export const add = (a, b) => a - b\n", [["the fix", "a - b", "a + b"]])
  honest("src/main.rs", 'fn main() {\n    println!("{}", 1);\n}\n', [["another value", "1", "2"]])

  it("a new test file, fixture or snapshot", () => {
    expect(judge("test/new.test.js", undefined, JS)).toStrictEqual([])
    expect(judge("test/__snapshots__/new.test.js.snap", undefined, "exports[`x`] = `1`;\n")).toStrictEqual([])
  })

  it("a suppression that was there before and is only moved", () => {
    const before = "// eslint-disable-next-line no-undef\nuse(x)\nuse(1)\n"
    expect(judge("src/a.js", before, "use(1)\n// eslint-disable-next-line no-undef\nuse(x)\n")).toStrictEqual([])
  })
})

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

describe("a special case for the failing input is seen", () => {
  const failure = ['expect(parse("2024-02-30")).toBe("invalid")\nexpect(add(17, 25)).toBe(42)']
  const before = "export function f(a, b) {\n  return compute(a, b)\n}\n"
  it.each([
    ["src/f.js", '  if (a === "2024-02-30") return compute(b, a)'],
    ["src/f.js", "  if (a === 17 && b === 25) return compute(b, a)"],
    ["src/f.js", "  return 42"],
    ["src/f.js", "    case 17:"],
    ["src/f.js", "  const r = a > b ? 42 : compute(a, b)"],
    ["src/f.js", '  if (["2024-02-30"].includes(a)) return x'],
    ["src/f.py", "    if a == 17:"],
    ["src/f.rs", '        "2024-02-30" => compute(a),'],
  ])("%s: %s", (path, line) => {
    const after = before.replace("{\n", `{\n${line}\n`)
    const found = judge(path, before, after, failure).join("\n")
    expect(found).toMatch(/a value of the failing test/)
  })

  it("but not numbers that only say where, how long and how many", () => {
    const digest =
      'not ok 17 - adds (25.5ms)\n    at x (src/f.js:17:25)\n> 17 | f(1)\n42 tests failed\nexit code 42\nFile "f.py", line 17\nf.ts(17,25): error'
    expect(judge("src/f.js", before, before.replace("{\n", "{\n  if (a === 17 || a === 25) return 42\n"), [digest])).toStrictEqual([])
  })

  it("but not values that the code knew, ordinary values, or other ones", () => {
    expect(
      judge("src/f.js", `${before}const known = 42\n`, `${before.replace("compute", "42 || compute")}const known = 42\n`, failure),
    ).toStrictEqual([])
    expect(judge("src/f.js", before, before.replace("{\n", "{\n  if (a === 0) return b\n"), failure)).toStrictEqual([])
    expect(judge("src/f.js", before, before.replace("{\n", '{\n  if (a === "other") return b\n'), failure)).toStrictEqual([])
    expect(judge("test/f.test.js", undefined, "if (a === 17) {}\n", failure)).toStrictEqual([])
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
    const started = performance.now()
    judge(path, before, `${before}x = 1\n`, ["1234"])
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})
