import type { Diagnosis } from "@ci-fix-pilot/contract/values"

/**
 * How telling a line is: 5 the root of a failure in a tool's own words, 4 nearly, 3 an error of unclear origin, 2 the word for one and no
 * more, 1 a mere mention.
 */
export type Rank = 1 | 2 | 3 | 4 | 5

/** A line that says something went wrong. `place`: where the error itself begins: here, in the line above, or below this heading. */
export interface Mark {
  readonly rank: Rank
  readonly kind: Diagnosis["kind"]
  readonly place: "here" | "above" | "below"
}

type Rule = readonly [rank: Rank, kind: Diagnosis["kind"], line: RegExp, place?: Mark["place"]]

const RULES: ReadonlyArray<Rule> = [
  // Environments: nothing in the repository is to blame.
  [5, "environment", /\bENOSPC\b|no space left on device/i],
  [5, "environment", /JavaScript heap out of memory|OOMKilled|\bOut of memory: Kill/i],
  [
    5,
    "environment",
    /The runner has received a shutdown signal|lost communication with the server|The hosted runner encountered an error/i,
  ],
  [5, "environment", /^npm (?:ERR!|error) code (?:ENOTFOUND|EAI_AGAIN|ECONNRESET|ETIMEDOUT|ECONNREFUSED|ERR_SOCKET_TIMEOUT|E5\d\d|E429)/],
  [5, "environment", /toomanyrequests|API rate limit exceeded|Cannot connect to the Docker daemon/i],
  [5, "timeout", /has exceeded the maximum execution time|^##\[error\]The action .* has timed out/i],
  // Compilers.
  [5, "compile", /(?:\(\d+,\d+\): |:\d+:\d+ - |^)error TS\d+: /],
  [5, "compile", /^error\[E\d+\]: |^error: cannot find /],
  [5, "compile", /^\s*--> \S+:\d+:\d+$/, "above"],
  [5, "compile", /^\S[^:]*\.(?:c|cc|cpp|cxx|h|hpp|m|swift|zig|java|kt|scala|cs):\d+(?::\d+)?: (?:fatal )?error: /],
  [5, "compile", /^\[ERROR\] \S+\.(?:java|kt|scala):\[\d+,\d+\] /],
  [5, "compile", /\(\d+,\d+\): error [A-Z]{2,4}\d+: |^e: (?:file:\/\/)?\S+\.kts?/],
  [5, "compile", /^(?:vet: )?(?:\.{1,2}\/)?[\w./-]+\.go:\d+:\d+: /],
  [5, "compile", /^\s*[✘✗X] \[ERROR\] |^ERROR in (?:\.\/|\S+\.[jt]sx?)|^Failed to compile|error during build:/],
  [5, "compile", /^(?:SyntaxError|IndentationError|TabError): /],
  // Linters and formatters.
  [5, "lint", /^\s+\d+:\d+\s+error\s{2,}\S/],
  [5, "lint", /^\S+(?::\d+:\d+)? (?:lint\/\S+|format|assist\/\S+|parse|suppressions\/\S+|organizeImports)\b.*━{3}/],
  [5, "lint", /^[\w./-]+\.pyi?:\d+:\d+: [A-Z]{1,4}\d+ |^[\w./-]+\.pyi?:\d+: error: /],
  [4, "lint", /^\[warn\] (?!Code style)\S+\.\w+$|^\[error\] \S+: SyntaxError|^would reformat |^Would reformat: /],
  [5, "lint", /^(?:standard|ts-standard|semistandard): Use JavaScript/, "below"],
  // Tests: the tool's report on one failure.
  [5, "test", /^⎯+ (?:Failed (?:Tests|Suites)|Unhandled Errors?) (?:\d+ )?⎯+/, "below"],
  [5, "test", /^\s{1,4}FAIL {2}\S|^FAIL {2}\S.* > /],
  [5, "test", /^\s{0,4}● (?!Console$|Cannot log after)\S/],
  [5, "test", /^✖ failing tests:/, "below"],
  [5, "test", /^\s*\d+ failing$/, "below"],
  [5, "test", /^=+ (?:FAILURES|ERRORS) =+$/, "below"],
  [5, "test", /^(?:FAIL|ERROR): \S+ \(/],
  [5, "test", /^\s*--- FAIL: /],
  [5, "test", /^---- \S+ stdout ----$/],
  [5, "test", /<<< (?:FAILURE|ERROR)!|^\S+ > .+ FAILED$/],
  [5, "test", /^error: expect\(|^\(fail\) /],
  [5, "test", /^Failures:$|^There (?:was|were) \d+ (?:failure|error)s?:$/, "below"],
  [5, "test", /^\s+\d+\) (?:Failure|Error):?$/],
  [2, "test", /^\s*not ok \d+ - \S+\.[cm]?[jt]sx?(?:\s|$)/],
  [4, "test", /^\s*not ok \d+ (?!-|.*# (?:TODO|SKIP))/, "above"],
  [4, "test", /^\s*not ok \d+(?!.*# (?:TODO|SKIP))/],
  [4, "test", /^\s*[✘✖✕✗] \[fail\]:/],
  [4, "test", /^thread '.*' (?:\(\d+\) )?panicked at |^panic: /],
  [4, "test", /^\[ERROR\] {3}\w+\.\w+:\d+ /],
  // Packages.
  [5, "dependency", /^npm (?:ERR!|error) code (?:ERESOLVE|E404|E40[13]|ETARGET|EUSAGE|EINTEGRITY|EBADENGINE|ENOVERSIONS|EJSONPARSE)/],
  [5, "dependency", /ERR_PNPM_\w+|^error: lockfile had changes|YN00\d\d: .*(?:error|couldn't|would have been)/i],
  [5, "dependency", /^ERROR: (?:Could not find a version|No matching distribution|ResolutionImpossible|Cannot install)/],
  [
    5,
    "dependency",
    /^error: (?:failed to (?:select|get|download)|no matching package)|^go: .*(?:missing go\.sum entry|no matching versions|unknown revision)/,
  ],
  [
    3,
    "dependency",
    /^(?:# )?(?:Error(?: \[\w+\])?: )?Cannot find (?:module|package) |^ModuleNotFoundError: |^ImportError: |Module not found: /,
  ],
  // Shells, workflows and whatever else has a voice of its own.
  [
    4,
    "configuration",
    /Invalid workflow file|Unable to resolve action|is not a valid (?:YAML|workflow)|^npm (?:ERR!|error) Missing script:/i,
  ],
  [
    3,
    "configuration",
    /: command not found$|: not found$|No such file or directory$|Permission denied$|^npm (?:ERR!|error) (?:enoent|ENOENT)/,
  ],
  [
    3,
    "environment",
    /\b(?:ENOTFOUND|EAI_AGAIN|ECONNRESET|ETIMEDOUT)\b|Could not resolve host|TLS handshake timeout|Temporary failure in name resolution|\b(?:429 Too Many Requests|502 Bad Gateway|503 Service Unavailable)/i,
  ],
  [3, "environment", /^(?:.*: )?(?:line \d+: *\d+ )?Killed(?:\s|$)|exit code 137\b/],
  [3, "test", /^\s*[✖✗✘✕×] \S|^FAIL \S+|^test .* \.\.\. FAILED$|^FAILED \S+::/],
  [3, "unknown", /^Traceback \(most recent call last\):/],
  [3, "test", /^(?:# )?(?:Uncaught )?(?:\w+\.)*AssertionError\b/],
  [3, "unknown", /^(?:# )?(?:Uncaught )?(?:\w+\.)*(?:[A-Z]\w*)?(?:Error|Exception)(?: \[\w+\])?(?::|$)/],
  [3, "timeout", /\b(?:timed out after|Timeout of \d+ ?ms exceeded|Exceeded timeout of)/i],
  [3, "unknown", /^##\[error\](?!Process completed with exit code|The operation was canceled)/],
  [2, "unknown", /^\s*(?:\[?(?:error|fatal|ERROR|FATAL|FAILED)\]?|Error)\b[:\s]/],
  [1, "unknown", /\b(?:error|failed|failure|exception|fatal|panic)\b/i],
]

/** Lines in which nothing went wrong although they mention errors. */
const HARMLESS =
  /^\s*(?:ok \d|✓|✔|√|\(pass\)|PASS\b|test .* \.\.\. ok$|--- PASS)|\b(?:0 (?:errors?|failed|failures)|no errors?)\b|^npm warn|^##\[(?:end)?group\]|^(?:ℹ|#) (?:fail|cancelled) 0$|^(?:error_|Error: )?Process completed with exit code/

/** What a clean line says about a failure, or nothing. The first rule that fits decides. */
export const markOf = (line: string): Mark | undefined => {
  if (HARMLESS.test(line)) return undefined
  const bare = line.startsWith("##[error]") ? line.slice("##[error]".length) : line
  const rule = RULES.find(([, , pattern]) => pattern.test(line) || (bare !== line && pattern.test(bare)))
  return rule === undefined ? undefined : { rank: rule[0], kind: rule[1], place: rule[3] ?? "here" }
}
