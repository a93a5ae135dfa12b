import { blank, closing, literals, mask, withoutComments } from "./mask.ts"
import { type Assertion, type FileFacts, type ReadFacts, squeezed, type TestFacts } from "./test-facts.ts"

/** What tests look like in a language with braces. */
interface Dialect {
  /** A test's head; the first group is its name. Ends right before or at the body's brace. */
  readonly test: RegExp
  /** A call or macro that checks; its text runs to the end of its brackets. */
  readonly assertion: RegExp
  /** On the lines directly above a test (attributes, annotations) or in its body. */
  readonly skip: RegExp
  readonly retry: RegExp
  readonly mock: RegExp
}

const NEVER = /(?!)/
const GO: Dialect = {
  test: /^func\s+(?:\([^)]*\)\s*)?((?:Test|Benchmark|Example|Fuzz)\w*)\s*\([^)]*\)[^{\n]*/gm,
  assertion:
    /\b(?:t|tb|b|f|s|suite)\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\s*\(|\b(?:assert|require|is|qt|must|s)\.[A-Z]\w*\s*\(|\bcmp\.Diff\s*\(/g,
  skip: /\b(?:t|tb|b|s\.T\(\))\.(?:Skip|Skipf|SkipNow)\s*\(|testing\.Short\(\)/m,
  retry: NEVER,
  mock: /\b(?:gomock|monkey|gomonkey)\.\w+\s*\(|\bhttpmock\.Activate/g,
}
const RUST: Dialect = {
  test: /#\[(?:\w+::)*(?:test|rstest|test_case|case)\b[^\]]*\][\s\S]{0,400}?\bfn\s+(\w+)\s*(?:<[^>]*>)?\([^)]*\)[^{\n]*/g,
  assertion: /\b(?:debug_)?(?:assert\w*|panic|unreachable|prop_assert\w*|insta::\w+)!\s*[([{]|\.(?:unwrap_err|expect_err)\s*\(/g,
  skip: /#\[(?:ignore|should_panic|cfg_attr\([^\]]*ignore)\b/,
  retry: NEVER,
  mock: /\bmockall\b|#\[automock\]/g,
}
const JVM: Dialect = {
  test: /@(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property|Fact|Theory|TestMethod)\b[\s\S]{0,600}?\b(?:fun\s+)?(`[^`]+`|\w+)\s*\([^)]*\)[^{;\n]*/g,
  assertion:
    /\b(?:Assert(?:ions)?\.|Assertions\.)?(?:assert\w*|assertThat|fail|verify\w*|expect\w*)\s*\(|\bAssert\.\w+\s*\(|\.(?:should\w*|isEqualTo|hasSize|containsExactly\w*|hasMessage\w*)\s*\(/g,
  skip: /@(?:Disabled\w*|Ignore|EnabledIf\w*|EnabledOn\w*)\b|\bassume\w*\s*\(|\bAssumptions\.|Skip\s*=/,
  retry: /@(?:Retry|RetryingTest|Flaky|RepeatedIfExceptions\w*)\b/,
  mock: /@(?:Mock|MockBean|MockitoBean|Spy|SpyBean|InjectMocks)\b|\b(?:mock|spy|mockk|mockStatic|when|doReturn)\s*\(/g,
}
const PHP: Dialect = {
  test: /\bfunction\s+(test\w*|it_\w+)\s*\([^)]*\)[^{;\n]*/g,
  assertion: /(?:\$this->|self::|static::)(?:assert\w*|expect\w*|fail)\s*\(/g,
  skip: /markTest(?:Skipped|Incomplete)/,
  retry: NEVER,
  mock: /\b(?:createMock|getMockBuilder|createStub|Mockery::mock)\s*\(/g,
}
const DIALECTS: ReadonlyArray<readonly [RegExp, Dialect]> = [
  [/\.go$/, GO],
  [/\.rs$/, RUST],
  [/\.(?:java|kt|kts|scala|groovy|cs)$/, JVM],
  [/\.php$/, PHP],
]

/** No check is longer (characters); a bracket left open must not make each of many run to the end. */
const CHECK = 4_000

/** Reads tests of Go, Rust, Java, Kotlin, C# and PHP by their brackets, with strings and comments out of the way. */
export const braceFacts: ReadFacts = (path, text) => {
  const dialect = DIALECTS.find(([pattern]) => pattern.test(path))?.[1]
  if (dialect === undefined) return undefined
  const masked = mask(text, "braces")
  const tests: Array<TestFacts> = []
  const bodies: Array<readonly [from: number, to: number]> = []
  for (const match of masked.matchAll(dialect.test)) {
    if (match.index < (bodies.at(-1)?.[1] ?? 0)) continue
    const brace = masked.indexOf("{", match.index + match[0].length - 1)
    const from = brace === -1 ? match.index + match[0].length : brace
    const to = brace === -1 ? lineEnd(masked, from) : closing(masked, brace)
    const above = attributesAbove(masked, match.index)
    bodies.push([above, to])
    tests.push(factsOf(match[1] ?? "", text.slice(above, to), masked.slice(above, to), from - above, dialect))
  }
  const rest = blank(masked, bodies)
  const outside = factsOf("", text, rest, 0, dialect)
  const mocks = Array.from(masked.matchAll(dialect.mock), (match) => squeezed(text.slice(match.index, lineEnd(masked, match.index))))
  const facts: FileFacts = { tests: [outside, ...tests], mocks, data: dataOf(text, masked, dialect) }
  return facts
}

const factsOf = (name: string, text: string, masked: string, body: number, dialect: Dialect): TestFacts => {
  const left = name === "" ? Number.POSITIVE_INFINITY : firstReturn(masked, body)
  const assertions: ReadonlyArray<Assertion> = checksOf(masked, dialect).map(([from, to]) => {
    const condition = /\b(?:if|case|switch)\b[^\n{]*\{\s*$/.exec(masked.slice(Math.max(0, from - 400), from))?.[0].length ?? 0
    return { text: squeezed(withoutComments(text.slice(from - condition, to), "braces")), guarded: from > left }
  })
  const has = (pattern: RegExp) => new RegExp(pattern.source, pattern.flags.replace("g", "")).test(masked)
  const tagged = name === "" && /^\/\/(?:go:build| \+build)\b/m.test(text)
  const timeouts = Array.from(masked.matchAll(/\btimeout\w*\s*[=(:]\s*(\d+)/gi), (match) => Number(match[1]))
  return {
    name,
    modifiers: [...(tagged || has(dialect.skip) ? ["skip"] : []), ...(has(dialect.retry) ? ["retry"] : [])],
    assertions,
    timeouts,
  }
}

/** Where checks stand, each with its brackets; one inside another belongs to that one. */
const checksOf = (masked: string, dialect: Dialect): ReadonlyArray<readonly [from: number, to: number]> => {
  const checks: Array<readonly [from: number, to: number]> = []
  for (const match of masked.matchAll(dialect.assertion)) {
    if (match.index < (checks.at(-1)?.[1] ?? 0)) continue
    checks.push([match.index, closing(masked, match.index + match[0].length - 1, CHECK) + 1])
  }
  return checks
}

/** Where a return stands on its own at the body's own level: what follows never runs. */
const firstReturn = (masked: string, body: number): number => {
  let depth = 0
  for (const match of masked.slice(body).matchAll(/[{}]|\breturn\b[ \t]*;?[ \t]*$/gm)) {
    if (match[0] === "{") depth += 1
    else if (match[0] === "}") depth -= 1
    else if (depth <= 1) return body + match.index
  }
  return Number.POSITIVE_INFINITY
}

/** The start of the attribute, annotation and comment lines directly above. */
const attributesAbove = (masked: string, at: number): number => {
  let start = masked.lastIndexOf("\n", at - 1) + 1
  for (;;) {
    const before = masked.lastIndexOf("\n", start - 2) + 1
    if (start === 0 || !/^\s*(?:#\[|@\w|\[\w|~)/.test(masked.slice(before, start))) return start
    start = before
  }
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf("\n", at)
  return end === -1 ? text.length : end
}

const dataOf = (text: string, masked: string, dialect: Dialect): ReadonlyArray<string> => {
  const rest = blank(text, checksOf(masked, dialect))
  return literals(
    rest.replace(/^\s*(?:import|use|package|using)\b.*$/gm, (line) => " ".repeat(line.length)),
    "braces",
  )
}
