import type { Diagnosis, LogDigest } from "@ci-fix-pilot/contract/values"
import { type Mark, markOf } from "./marks.ts"
import { firstFailure, quotedLines } from "./signature.ts"
import { suspectFiles } from "./suspect-files.ts"

const CONFIDENCE: Readonly<Record<Mark["rank"], number>> = { 5: 0.9, 4: 0.8, 3: 0.6, 2: 0.4, 1: 0.2 }

const PHRASE: Readonly<Record<Diagnosis["kind"], string>> = {
  compile: "Does not compile",
  test: "A test fails",
  lint: "The linter or formatter objects",
  dependency: "A dependency is wrong or missing",
  configuration: "The configuration is wrong",
  environment: "The environment failed, not the code",
  timeout: "Took too long",
  unknown: "Fails",
}

/** What the rules say of a failure, without any model: kind, one line for a person, and where to look. `roots`: see {@link suspectFiles}. */
export const classify = (digest: LogDigest, options: { readonly roots?: ReadonlyArray<string> } = {}): Diagnosis => {
  const lines = digest.text.split("\n")
  const first = digest.firstError === undefined ? [] : lines.slice(digest.firstError)
  const mark = strongest(digest)
  const kind = kindOf(digest, mark)
  const quoted = quotedLines(digest)
    .map(plain)
    .filter((line) => line !== "" && !line.startsWith("Traceback "))
    .slice(0, 2)
  return {
    kind,
    summary: cut(`${PHRASE[kind]}: ${quoted.length === 0 ? "the log does not say why" : quoted.join(" — ")}`, 300),
    firstError: cut(firstFailure(first).slice(0, 12).join("\n").trim(), 2_000),
    suspectFiles: suspectFiles(digest.text, options.roots),
    confidence: mark === undefined ? 0.1 : CONFIDENCE[mark.rank],
    by: "rules",
  }
}

/** Why a failure is the runner's, the network's or the machine's rather than the code's; nothing if it may well be the code's. */
export const looksLikeInfrastructure = (digest: LogDigest): string | undefined => {
  const mark = strongest(digest)
  if (kindOf(digest, mark) !== "environment") return undefined
  return cut(quotedLines(digest)[0] ?? "the environment failed", 300)
}

/** The mark that the digest was chosen by: of its first error, or of a heading directly above it. */
const strongest = (digest: LogDigest): Mark | undefined => {
  if (digest.firstError === undefined) return undefined
  const lines = digest.text.split("\n").slice(Math.max(0, digest.firstError - 2), digest.firstError + 2)
  const marks = lines.flatMap((line) => markOf(line) ?? [])
  return marks.sort((a, b) => b.rank - a.rank)[0]
}

const MISSING =
  /ModuleNotFoundError: No module named|Cannot find (?:module|package) ['"](?![./])|Failed to resolve import "(?![./])|error: can't find crate/
const BROKEN = /^(?:E +)?(?:SyntaxError|IndentationError|ImportError: cannot import name)|SyntaxError: |error TS\d+:|Transform failed/m
const SLOW = /(?:Test|Hook) timed out in|Exceeded timeout of|Timeout of \d+ ?ms exceeded|test timed out after|panic: test timed out/
const KILLED = /exit code 137\b|\bOOMKilled\b/

/** A test's report may only carry the news that something else is wrong. */
const kindOf = (digest: LogDigest, mark: Mark | undefined): Diagnosis["kind"] => {
  const kind = mark?.kind ?? "unknown"
  const telling = quotedLines(digest).join("\n")
  if (kind === "unknown" && KILLED.test(digest.text)) return "environment"
  if (kind !== "test" && kind !== "unknown" && kind !== "dependency") return kind
  if (MISSING.test(telling)) return "dependency"
  if (BROKEN.test(telling) || /Cannot find (?:module|package) ['"][./]/.test(telling)) return "compile"
  return SLOW.test(telling) ? "timeout" : kind
}

/** Without a tool's ornaments, times and thread numbers. */
const plain = (line: string): string =>
  line
    .replace(/^(?:##\[error\]|# |[✖✗✘✕×●]|\[fail\]:|not ok \d+ -?|E {2,}|-{3} |\d+\)|\s)+/, "")
    .replace(/[_=━─⎯-]{3,}/g, " ")
    .replace(/\s*[([]\d+(?:\.\d+)?\s?m?s[)\]]|\s\(\d+\)/g, "")
    .replace(/\s+/g, " ")
    .replace(/:?\s*$/, "")
    .trim()

const cut = (text: string, length: number): string => (text.length > length ? `${text.slice(0, length - 1)}…` : text)
