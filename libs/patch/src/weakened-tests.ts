import type { Finding } from "@ci-fix-pilot/contract/values"
import { Option, Schema } from "effect"
import { braceFacts } from "./brace-facts.ts"
import type { ChangedFile } from "./changed-file.ts"
import { linesOf } from "./diff.ts"
import { javascriptFacts } from "./javascript-facts.ts"
import { loosenedLines } from "./loosened-lines.ts"
import { isCheckConfig, isLockfile, isSnapshot, isTestFile } from "./path-rules.ts"
import { pythonFacts } from "./python-facts.ts"
import { specialCases } from "./special-case.ts"
import { type ReadFacts, weakerFacts, without } from "./test-facts.ts"

/** Which language a file is read in, by its name. */
const READERS: ReadonlyArray<readonly [RegExp, ReadFacts]> = [
  [/\.[cm]?[jt]sx?$/, javascriptFacts],
  [/\.pyi?$/, pythonFacts],
  [/\.(?:go|rs|java|kt|kts|scala|groovy|cs|php)$/, braceFacts],
]

/** At most this many findings of a file; what follows says only the same. */
const PER_FILE = 10

/**
 * What a patch does to the tests and checks that judge it: tests deleted, skipped, narrowed to others, slowed, retried; assertions gone,
 * changed or put behind conditions; their values and snapshots rewritten; real code mocked; runner, linter and coverage set differently;
 * exit codes hidden; checkers silenced; special cases for the failing input (literals of `failure`). JavaScript and TypeScript are
 * compared by syntax tree, Python by statement, Go, Rust, Java, Kotlin, C# and PHP by bracket. A test that cannot be compared is
 * reported. `readGreen` gives files of an earlier green commit, whose values are no special cases. No finding means that nothing of this was seen; it is not a proof.
 */
export const weakenedTests = (
  files: ReadonlyArray<ChangedFile>,
  failure: ReadonlyArray<string>,
  readGreen: (path: string) => string | undefined = () => undefined,
): ReadonlyArray<Finding> =>
  files.flatMap((file) => {
    if (isLockfile(file.path)) return []
    const details = [
      ...wholeFile(file),
      ...comparison(file),
      ...packageScripts(file),
      ...loosenedLines(file),
      ...special(file, failure, readGreen(file.path)),
    ]
    return [...new Set(details)]
      .slice(0, PER_FILE)
      .map((detail): Finding => ({ rule: "weakened-test", file: file.path.slice(0, 500), detail: detail.slice(0, 500) }))
  })

const wholeFile = ({ diff, path }: ChangedFile): ReadonlyArray<string> => {
  const removed = linesOf(diff, "-").length > 0
  return [
    ...(diff.change === "deleted" && isTestFile(diff.oldPath) ? ["the test file goes"] : []),
    ...(diff.change === "renamed" && isTestFile(diff.oldPath) && !sameKind(diff.oldPath, path)
      ? ["the test file gets a name under which it may not run"]
      : []),
    ...(isSnapshot(diff.oldPath) && (removed || diff.change !== "added") ? ["recorded output that tests compare with is rewritten"] : []),
    ...(isCheckConfig(diff.oldPath) || isCheckConfig(path) ? ["what decides how code is checked changes", ...thresholds(diff)] : []),
  ]
}

const sameKind = (one: string, other: string): boolean => isTestFile(other) && suffix(one) === suffix(other)
const suffix = (path: string): string => /(?:[._-](?:test|spec))?\.\w+$/.exec(path)?.[0] ?? ""

const comparison = (file: ChangedFile): ReadonlyArray<string> => {
  const reader = READERS.find(([pattern]) => pattern.test(file.diff.oldPath))?.[1]
  const existed = file.diff.change !== "added"
  const unknown = existed && (file.before === undefined || (file.after === undefined && file.diff.change !== "deleted"))
  if (unknown) return isTestFile(file.diff.oldPath) ? ["a test file changes whose text is not known here"] : []
  if (reader === undefined)
    return isTestFile(file.path) && existed && linesOf(file.diff, "-").length > 0 ? ["lines of a test file go or change"] : []
  const weaker = weakerFacts(file, reader)
  return isTestFile(file.diff.oldPath)
    ? weaker
    : weaker.filter(
        (detail) => !/cannot be read|no longer use the value|checks outside of tests|it replaces real code|^the file/.test(detail),
      )
}

const THRESHOLD =
  /\b(?:statements|branches|functions|lines|threshold|fail[-_]under|minimum_coverage|min_coverage|target|minimum)\b["']?\s*[:=]\s*(\d+(?:\.\d+)?)/gi

const thresholds = (diff: ChangedFile["diff"]): ReadonlyArray<string> => {
  const sum = (kind: "+" | "-") =>
    linesOf(diff, kind)
      .flatMap(({ text }) => Array.from(text.matchAll(THRESHOLD), (match) => Number(match[1])))
      .reduce((total, value) => total + value, 0)
  return sum("+") < sum("-") ? ["a threshold is lowered"] : []
}

const Package = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
const CHECKED_KEYS = [
  "jest",
  "vitest",
  "mocha",
  "ava",
  "c8",
  "nyc",
  "tap",
  "eslintConfig",
  "eslintIgnore",
  "prettier",
  "lint-staged",
  "husky",
  "browserslist",
  "xo",
  "standard",
  "engines",
  "type",
] as const

/** Scripts and settings in `package.json` decide what the failing command does. */
const packageScripts = (file: ChangedFile): ReadonlyArray<string> => {
  if (!/(?:^|\/)package\.json$/.test(file.path)) return pythonSettings(file)
  const read = (text: string | undefined) =>
    text === undefined ? undefined : Option.getOrUndefined(Schema.decodeUnknownOption(Package)(text))
  const [before, after] = [read(file.before), read(file.after)]
  if (after === undefined)
    return file.diff.change === "deleted" ? ["the scripts that check the code go"] : ["the package's scripts cannot be compared"]
  if (before === undefined) return []
  const scripts = (of: Readonly<Record<string, unknown>>) =>
    Object.entries(typeof of["scripts"] === "object" && of["scripts"] !== null ? of["scripts"] : {}).map(
      ([name, run]) => `${name}: ${String(run)}`,
    )
  const changed = without(scripts(before), scripts(after)).map((script) => `the script changes or goes: ${script}`)
  const keys = CHECKED_KEYS.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  return [...changed, ...keys.map((key) => `its settings for ${key} change`)]
}

/** Sections of `pyproject.toml`, `Cargo.toml` and the like that configure checks. */
const pythonSettings = (file: ChangedFile): ReadonlyArray<string> => {
  if (
    !/(?:^|\/)(?:pyproject|Cargo)\.toml$|(?:^|\/)pom\.xml$|\.gradle(?:\.kts)?$/.test(file.path) ||
    file.before === undefined ||
    file.after === undefined
  )
    return []
  const sections = (text: string) =>
    text
      .split(/^(?=\[)/m)
      .filter((section) =>
        /^\[+(?:tool\.(?:pytest|coverage|mypy|ruff|pylint|black|isort|tox|hatch\.envs|pdm\.scripts|poe)|lints|profile|features|workspace\.lints)/.test(
          section,
        ),
      )
      .map((section) => section.trim())
  const checks = (text: string) =>
    text
      .split("\n")
      .filter((line) =>
        /surefire|failsafe|jacoco|skipTests|testFailureIgnore|checkstyle|useJUnitPlatform|\btest\s*\{|excludeTestsMatching/i.test(line),
      )
  const gone = [
    ...without(sections(file.before), sections(file.after)),
    ...without(checks(file.before), checks(file.after)),
    ...without(checks(file.after), checks(file.before)),
  ]
  return gone.length > 0 ? ["what decides how code is checked changes", ...thresholds(file.diff)] : []
}

const special = (file: ChangedFile, failure: ReadonlyArray<string>, green: string | undefined): ReadonlyArray<string> =>
  isTestFile(file.path) || isSnapshot(file.path) ? [] : specialCases(file, failure, green)
