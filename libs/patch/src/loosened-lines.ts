import type { ChangedFile } from "./changed-file.ts"
import { linesOf } from "./diff.ts"
import { isTestFile } from "./path-rules.ts"

/** A trick that a line can play, in every language at once; counted on both sides, so that moving one is not adding one. */
interface Trick {
  readonly says: string
  readonly pattern: RegExp
  /** Only where it means something; everywhere without it. */
  readonly where?: (path: string) => boolean
}

const inScripts = (path: string): boolean =>
  isTestFile(path) ||
  /\.(?:sh|bash|zsh|ps1|bat|cmd|ya?ml|mk|toml|cfg|ini|json)$|(?:^|\/)(?:Makefile|GNUmakefile|justfile|Dockerfile|Rakefile|Jenkinsfile|noxfile\.py|tox\.ini)[\w.]*$|(?:^|\/)(?:scripts?|bin|ci|\.husky)\//.test(
    path,
  )

const TRICKS: ReadonlyArray<Trick> = [
  {
    says: "switches the linter off",
    pattern:
      /\b(?:eslint|oxlint|tslint|stylelint|jshint|standard)-(?:disable|ignore)\b|\bjshint\s+ignore|\bbiome-ignore\b|\bdeno-lint-ignore\b|#\s*noqa\b|#\s*(?:pylint|flake8|ruff)\s*:\s*(?:disable|noqa)|\/\/\s*nolint\b|rubocop:\s*(?:disable|todo)\b|\bNOSONAR\b|swiftlint:disable|@phpcs:disable|phpcs:ignore|shellcheck\s+disable/,
  },
  {
    says: "switches the type checker off",
    pattern:
      /@ts-(?:ignore|expect-error|nocheck)\b|\$FlowFixMe|#\s*(?:type|pyright|mypy|pyre)\s*:\s*ignore|#\s*pyre-(?:ignore|fixme)|@phpstan-ignore|@psalm-suppress/,
  },
  {
    says: "silences a warning",
    pattern:
      /#!?\[\s*(?:cfg_attr\([^\]]*,\s*)?allow\s*\(|@Suppress(?:Warnings|Lint)?\b|#pragma\s+(?:warning\s+disable|GCC\s+diagnostic\s+ignored|clang\s+diagnostic\s+ignored)|warnings\.(?:simplefilter|filterwarnings)\s*\(\s*["']ignore/,
  },
  {
    says: "takes code out of the coverage",
    pattern:
      /\b(?:istanbul|c8|v8|node:coverage)\s+(?:ignore|disable)\b|#\s*pragma:\s*no\s*cover|@codeCoverageIgnore|LCOV_EXCL|#\[coverage\(off\)\]|#\[cfg\(not\(tarpaulin/,
  },
  {
    says: "hides that a command fails",
    pattern:
      /\|\|\s*(?:true\b|:(?=\s|$|["'])|exit\s+0\b|echo\b|\/bin\/true)|;\s*(?:true|exit\s+0)\s*(?:["'&]|$)|^\s*exit\s+0\b|\bset\s+\+e\b|\bcontinue-on-error\s*:\s*(?!false)|\ballow_failure\s*:\s*true|\bcontinueOnError\s*:\s*true|\bignore_?errors?\s*[:=]\s*(?:true|yes)|\bnotFailBuild\b|\bignoreExitValue\b|testFailureIgnore/i,
    where: inScripts,
  },
  {
    says: "ends the process as if all was well",
    pattern:
      /\bprocess\.exit\s*\(\s*(?:0\s*)?\)|\bprocess\.exitCode\s*=\s*0\b|\b(?:sys\.exit|os\._exit|exit|quit)\s*\(\s*0?\s*\)|\bSystem\.exit\s*\(\s*0\s*\)|\bos\.Exit\s*\(\s*0\s*\)|process::exit\s*\(\s*0\s*\)|\bDeno\.exit\s*\(\s*0?\s*\)/,
  },
  {
    says: "lets a run without tests pass, or leaves tests out",
    pattern:
      /--pass-?with-?no-?tests\b|\bpassWithNoTests\b|--(?:if-present|no-verify|skip-tests?|testPathIgnorePatterns|exclude-task|deselect|ignore-glob|no-fail|allow-no-tests)\b|-DskipTests|-Dmaven\.test\.skip|\s-k\s+["']?not\b|\s--ignore[= ]|--test-skip-pattern|--lf\b|\bcollect_ignore|--max-warnings[= ](?!0\b)/,
  },
  {
    says: "leaves a test out",
    pattern:
      /\b(?:it|test|describe|context|suite|specify)\.(?:skip|only|todo|fixme|failing|fails)\b|\b(?:xit|xtest|xdescribe|xcontext|fit|fdescribe|pending)\s*[("']|\bpytest\.(?:mark\.(?:skip|xfail)|skip|xfail|importorskip)|@unittest\.(?:skip|expectedFailure)|\bself\.skipTest\b|\bt\.Skip(?:f|Now)?\(|#\[ignore\b|@(?:Disabled|Ignore)\b|\bskip\s+["']|, skip: |:skip\s*=>/,
    where: isTestFile,
  },
  {
    says: "decides in the runner which tests run or what counts as failed",
    pattern:
      /\bpytest_(?:collection_modifyitems|ignore_collect|collect_file|itemcollected|pyfunc_call|runtest_\w+|exception_interact|report_teststatus|sessionfinish)\b|\bhook(?:impl|wrapper)\b|\bsession\.exitstatus\s*=(?!=)/,
    where: (path) => path.endsWith(".py"),
  },
  {
    says: "behaves otherwise under test",
    pattern:
      /\bprocess\.env\.(?:CI|JEST_WORKER_ID|VITEST\w*|NODE_TEST_CONTEXT|MOCHA\w*|TEST)\b|\bNODE_ENV\b[^\n]{0,20}["']test["']|\bimport\.meta\.(?:env\.(?:TEST|VITEST|MODE)|vitest)\b|PYTEST_CURRENT_TEST|["'](?:pytest|unittest|_pytest)["']\s+in\s+sys\.modules|\btesting\.Testing\(\)|\bcfg!\(test\)|#\[cfg\((?:not\()?test\)+\]\s*(?!mod)|\benviron(?:\.get)?[([]\s*["'](?:CI|TESTING|GITHUB_ACTIONS)\b|\bGITHUB_ACTIONS\b/,
    where: (path) => !isTestFile(path),
  },
]

/** Where the command that failed may be a script of the project's own. */
const isScript = (path: string): boolean =>
  /\.(?:sh|bash|zsh|ps1|bat|cmd|mk)$|(?:^|\/)(?:scripts?|bin|ci)\/[^/.]+$/.test(path) && !/\.(?:md|txt)$/.test(path)

const CHECKS =
  /(?<![\w./-])(?:pytest|tox|nox|jest|vitest|mocha|ava|ctest|rspec|rubocop|phpunit|tsc|eslint|biome|ruff|flake8|mypy|pyright|shellcheck|(?:\.\/)?(?:gradlew?|mvnw?)|(?:npm|npx|pnpm|yarn|bun|make|just|rake|task)\s[^\n]*(?:test|check|lint|spec|types?)|python3?\s+-m\s+(?:pytest|unittest)|node\s[^\n]*--test|go\s+(?:test|vet)|cargo\s+(?:test|nextest|clippy|check))(?![\w-])/

/** Commands that check, as they stand in a script, without comments and white space around. */
const checksIn = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.map((line) => line.trim()).filter((line) => !line.startsWith("#") && CHECKS.test(line))

/** What a script ran and runs no more. */
const goneChecks = (added: ReadonlyArray<string>, removed: ReadonlyArray<string>): ReadonlyArray<string> => {
  const left = new Set(checksIn(added))
  return checksIn(removed)
    .filter((line) => !left.has(line))
    .map((line) => `it no longer runs: ${line.slice(0, 160)}`)
}

/** The tricks that a file's change adds, in words, and the checks that it takes away. */
export const loosenedLines = (file: ChangedFile): ReadonlyArray<string> => {
  const path = file.path
  const lines = (kind: "+" | "-") => linesOf(file.diff, kind).map(({ text }) => text)
  const [added, removed] = [lines("+"), lines("-")]
  return [...tricksIn(path, added, removed), ...(isScript(file.diff.oldPath) ? goneChecks(added, removed) : [])]
}

const tricksIn = (path: string, added: ReadonlyArray<string>, removed: ReadonlyArray<string>): ReadonlyArray<string> =>
  TRICKS.flatMap((trick) => {
    if (trick.where !== undefined && !trick.where(path)) return []
    const count = (texts: ReadonlyArray<string>) =>
      texts.reduce(
        (sum, text) => sum + (text.match(new RegExp(trick.pattern.source, `${trick.pattern.flags.replace("g", "")}g`))?.length ?? 0),
        0,
      )
    const first = added.find((text) => trick.pattern.test(text))
    return first !== undefined && count(added) > count(removed) ? [`${trick.says}: ${first.trim().slice(0, 160)}`] : []
  })
