import { closing, literals, mask } from "./mask.ts"
import { type Assertion, type ReadFacts, squeezed, type TestFacts } from "./test-facts.ts"

/** A statement with its indentation; brackets and backslashes may take it over several lines. */
interface Statement {
  readonly indent: number
  readonly text: string
  /** The same with strings and comments blanked. */
  readonly masked: string
}

interface Open {
  readonly indent: number
  readonly name: string
  readonly test: Draft | undefined
  readonly guards: boolean
}

interface Draft {
  readonly name: string
  readonly modifiers: Array<string>
  readonly assertions: Array<Assertion>
  readonly timeouts: Array<number>
  left: boolean
}

const ASSERTION =
  /^assert\b|\bself\.(?:assert\w+|fail)\s*\(|\bpytest\.(?:raises|warns|fail|approx)\b|\.assert_\w+\s*\(|\b(?:np|numpy|npt|pd|tm)\.(?:testing\.)?assert_\w+|^assert_\w+\s*\(|^expect\w*\s*\(/
const SKIP =
  /\b(?:pytest\.(?:skip|importorskip|xfail)|self\.skipTest|unittest\.skip\w*|SkipTest)\b|\bmark\.(?:skip\w*|xfail)\b|^@(?:skip\w*|xfail|expectedFailure|unittest\.expectedFailure)\b/
const MOCK = /\b(?:mock\.patch|mocker\.(?:patch|spy)|monkeypatch\.(?:setattr|setitem|setenv|delattr)|patch(?:\.object|\.dict)?)\s*\(/
const RETRY = /\bmark\.flaky\b|^@(?:flaky|retry)\b/
const TIMEOUT = /\btimeout\s*[=(]\s*(\d+(?:\.\d+)?)/

/** Reads tests of pytest and unittest by indentation: decorators, assertions and what stands before them. */
export const pythonFacts: ReadFacts = (_, text) => {
  const outside = draft("")
  const tests: Array<TestFacts> = [outside]
  const mocks: Array<string> = []
  const data: Array<string> = []
  let decorators: Array<Statement> = []
  let open: Array<Open> = []

  for (const statement of statements(text)) {
    open = open.filter((each) => each.indent < statement.indent)
    const test = open.findLast((each) => each.test !== undefined)?.test ?? outside
    const definition = /^(?:async\s+)?(def|class)\s+(\w+)/.exec(statement.masked)
    if (statement.masked.startsWith("@")) decorators.push(statement)
    else if (definition !== null) {
      const name = definition[2] ?? ""
      const names = [...open.filter((each) => each.name !== "").map((each) => each.name), name]
      const isTest = (definition[1] === "def" && /^test/.test(name)) || (definition[1] === "class" && decorators.length > 0)
      const fresh = isTest ? draft(names.join(".")) : undefined
      if (fresh !== undefined) {
        for (const decorator of decorators) mark(fresh, decorator, mocks)
        for (const row of decorators.flatMap(rowsOf)) fresh.assertions.push({ text: row, guarded: false })
        tests.push(fresh)
      }
      open.push({ indent: statement.indent, name, test: definition[1] === "def" ? fresh : undefined, guards: false })
      decorators = []
    } else {
      const guarded = test.left || open.some((each) => each.guards)
      if (ASSERTION.test(statement.masked)) test.assertions.push({ text: squeezed(statement.text), guarded })
      else if (!/^(?:import|from)\b|^~+$/.test(statement.masked)) data.push(...literals(statement.text, "python"))
      mark(test, statement, mocks)
      const guards = /^(?:if|elif|else|try|except|while|match|case)\b|^with\b.*\bsuppress\b/.test(statement.masked)
      open.push({ indent: statement.indent, name: "", test: undefined, guards })
      const direct = open.every((each) => each.indent <= statement.indent)
      if (/^(?:return|raise)\b/.test(statement.masked) && direct && test !== outside) test.left = true
    }
  }
  return { tests, mocks, data }
}

const draft = (name: string): Draft => ({ name, modifiers: [], assertions: [], timeouts: [], left: false })

const mark = (test: Draft, statement: Statement, mocks: Array<string>): void => {
  if (SKIP.test(statement.masked)) test.modifiers.push("skip")
  if (RETRY.test(statement.masked)) test.modifiers.push("retry")
  if (MOCK.test(statement.masked)) mocks.push(squeezed(statement.text))
  const timeout = TIMEOUT.exec(statement.masked)?.[1]
  if (timeout !== undefined) test.timeouts.push(Number(timeout))
}

/** The rows of `@pytest.mark.parametrize(names, [...])`: each is a check of its own. */
const rowsOf = ({ text, masked }: Statement): ReadonlyArray<string> => {
  if (!/\bparametrize\s*\(/.test(masked)) return []
  const start = masked.indexOf("[")
  if (start === -1) return [`each:${squeezed(text)}`]
  const end = closing(masked, start)
  const rows: Array<string> = []
  let from = start + 1
  for (let at = from; at <= end; at += 1) {
    if ("([{".includes(masked[at] ?? "-")) at = closing(masked, at)
    else if (masked[at] === "," || at === end) {
      rows.push(squeezed(text.slice(from, at)))
      from = at + 1
    }
  }
  return rows.filter((row) => row !== "").map((row) => `each:${row}`)
}

const statements = (text: string): ReadonlyArray<Statement> => {
  const masked = mask(text, "python")
  const found: Array<Statement> = []
  let from = 0
  let depth = 0
  for (let at = 0; at <= masked.length; at += 1) {
    const character = masked[at] ?? "\n"
    if ("([{".includes(character)) depth += 1
    if (")]}".includes(character)) depth = Math.max(0, depth - 1)
    const ends = (character === "\n" && depth === 0 && masked[at - 1] !== "\\") || at === masked.length
    if (!ends) continue
    const line = masked.slice(from, at)
    const indent = line.search(/\S/)
    if (indent !== -1 && !/^[~\s]*$/.test(line)) found.push({ indent, text: text.slice(from, at).trim(), masked: line.trim() })
    from = at + 1
  }
  return found
}
