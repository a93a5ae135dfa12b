import { parse } from "@babel/parser"
import type { CallExpression, Node } from "@babel/types"
import { type Assertion, type FileFacts, type ReadFacts, squeezed, type TestFacts } from "./test-facts.ts"

const TESTS = /^(?:it|test|specify|fit|xit|xtest|ftest|xspecify)$/
const SUITES = /^(?:describe|suite|context|fdescribe|xdescribe|xcontext|xsuite)$/
const OWNERS = /^(?:t|tt|tap|Deno|QUnit|test|ctx|suite)$/
const MODIFIERS: ReadonlyMap<string, string> = new Map([
  ...["skip", "skipIf", "runIf", "skipUnless", "fixme"].map((word) => [word, "skip"] as const),
  ...["only", "todo"].map((word) => [word, word] as const),
  ...["fails", "failing", "fail"].map((word) => [word, "fails"] as const),
])
const ASSERTIONS =
  /^(?:assert|expect|should|verify|ensure|strictEqual|notStrictEqual|deepEqual|deepStrictEqual|notDeepStrictEqual|notDeepEqual|partialDeepStrictEqual|rejects|doesNotReject|throws|doesNotThrow|ok|equal|notEqual|expectTypeOf|assertType)$|^(?:assert|expect|verify|ensure)[A-Z]/
const T_METHODS =
  /^(?:is|not|deepEqual|notDeepEqual|like|truthy|falsy|true|false|throws|throwsAsync|notThrows|notThrowsAsync|regex|notRegex|snapshot|assert|pass|fail|plan|equal|notEqual|same|notSame|strictSame|match|notMatch|rejects|resolves|ok|notOk|error|has|hasStrict|type)$/
const MOCKS =
  /^(?:mock|doMock|unstable_mockModule|setMock|module|stub|replace|spyOn|method|intercept|getter|setter|stubGlobal|stubEnv|hoisted)$/
const MOCKERS = /^(?:jest|vi|mock|sinon|sandbox|td|t|nock|Module)$/

interface Scope {
  readonly path: ReadonlyArray<string>
  readonly test: Draft
  readonly guarded: boolean
  /** Within an assertion, whose text is compared as a whole. */
  readonly checked: boolean
}

interface Draft {
  readonly name: string
  readonly modifiers: Array<string>
  readonly assertions: Array<Assertion>
  readonly timeouts: Array<number>
}

/** Reads tests, their modifiers, assertions and time limits from JavaScript and TypeScript by syntax tree. */
export const javascriptFacts: ReadFacts = (path, text) => {
  const tree = readTree(path, text)
  try {
    return tree === undefined ? undefined : factsOf(tree, text)
  } catch (error) {
    // Code nested deeper than the stack allows; no one writes that to be read.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

const factsOf = (tree: Node, text: string): FileFacts => {
  const outside = draft("")
  const tests: Array<TestFacts> = [outside]
  const mocks: Array<string> = []
  const data: Array<string> = []
  const source = (node: Node) => squeezed(text.slice(node.start ?? 0, node.end ?? 0))

  const visit = (node: Node, scope: Scope, inChain: boolean): void => {
    if (node.type === "CallExpression") call(node, scope, inChain)
    else if (node.type === "BlockStatement" || node.type === "Program") statements(node.body, scope)
    else if (isLiteral(node)) {
      if (!scope.checked) data.push(source(node))
    } else if (
      !/^(?:Import|Export(?:All|Named))Declaration$/.test(node.type) ||
      (node.type === "ExportNamedDeclaration" && node.declaration != null)
    )
      for (const [key, child] of children(node))
        visit(child, guards(node, key) ? { ...scope, guarded: true } : scope, inChain && key === "object")
  }

  const statements = (body: ReadonlyArray<Node>, scope: Scope): void => {
    let guarded = scope.guarded
    for (const statement of body) {
      visit(statement, { ...scope, guarded }, false)
      if (
        statement.type === "ReturnStatement" ||
        statement.type === "ThrowStatement" ||
        (statement.type === "IfStatement" && leaves(statement.consequent))
      )
        guarded = true
    }
  }

  const call = (node: CallExpression, scope: Scope, inChain: boolean): void => {
    const chain = chainOf(node.callee)
    const body = node.arguments.find((argument) => argument.type === "ArrowFunctionExpression" || argument.type === "FunctionExpression")
    const kind = inChain ? undefined : testKind(chain)
    if (kind !== undefined && (body !== undefined || titleOf(node) !== undefined)) {
      const inner = [...scope.path, titleOf(node) ?? ""]
      const test = kind === "test" ? draft(inner.join(" > ")) : scope.test
      const marked = kind === "test" ? test : draft(`${inner.join(" > ")} >`)
      marked.modifiers.push(...modifiersOf(chain, node), ...(body === undefined && !chain.includes("todo") ? ["todo"] : []))
      marked.timeouts.push(...timeoutsOf(node))
      tests.push(marked)
      for (const row of rowsOf(node.callee)) marked.assertions.push({ text: `each:${source(row)}`, guarded: false })
      for (const argument of node.arguments.filter((each) => !isLiteral(each)))
        visit(argument, { path: inner, test, guarded: false, checked: false }, false)
      return
    }
    notice(node, chain, scope)
    const asserts = isAssertion(chain)
    if (!inChain && asserts) scope.test.assertions.push({ text: source(node), guarded: scope.guarded })
    const inside = { ...scope, checked: scope.checked || asserts }
    visit(node.callee, inside, true)
    if (chain[0] !== "require") for (const argument of node.arguments) visit(argument, inside, false)
  }

  const notice = (node: CallExpression, chain: ReadonlyArray<string>, scope: Scope): void => {
    const [root = "", ...rest] = chain
    const last = rest.at(-1) ?? ""
    const first = node.arguments[0]
    const value = first?.type === "NumericLiteral" ? first.value : undefined
    if (MOCKERS.test(root) && MOCKS.test(last)) mocks.push(source(node))
    if (root === "proxyquire" || root === "rewire" || root === "esmock") mocks.push(source(node))
    if (rest.length > 0 && last === "skip" && /^(?:this|t|tt|ctx|context|test|it)$/.test(root)) scope.test.modifiers.push("skip")
    if (root === "pending" && rest.length === 0) scope.test.modifiers.push("skip")
    if (
      value !== undefined &&
      ((/^(?:this|jest|test)$/.test(root) && /^(?:timeout|setTimeout)$/.test(last)) || (root === "t" && last === "timeout"))
    )
      scope.test.timeouts.push(value)
    if (last === "retryTimes" || (last === "retries" && root === "this")) scope.test.modifiers.push("retry")
    if (last === "setConfig") scope.test.timeouts.push(...timeoutsOf(node))
  }

  visit(tree, { path: [], test: outside, guarded: false, checked: false }, false)
  return { tests, mocks, data }
}

const draft = (name: string): Draft => ({ name, modifiers: [], assertions: [], timeouts: [] })

const readTree = (path: string, text: string): Node | undefined => {
  const typed = /\.[cm]?tsx?$/.test(path)
  const jsx = !/\.[cm]?ts$/.test(path)
  try {
    const file = parse(text, {
      sourceType: "unambiguous",
      errorRecovery: true,
      allowReturnOutsideFunction: true,
      plugins: [...(typed ? ["typescript" as const] : ["flow" as const]), ...(jsx ? ["jsx" as const] : []), "decorators-legacy"],
    })
    return file.program
  } catch {
    return undefined
  }
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"

const children = (node: Node): ReadonlyArray<readonly [string, Node]> =>
  Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    if (key === "loc" || key.endsWith("Comments")) return []
    const values: ReadonlyArray<unknown> = Array.isArray(value) ? value : [value]
    return values.filter(isNode).map((child) => [key, child] as const)
  })

/** `test.skip.each(x)("...")` is `test`, `skip`, `each`; what has no name is `?`. */
const chainOf = (node: Node): ReadonlyArray<string> => {
  if (node.type === "Identifier") return [node.name]
  if (node.type === "ThisExpression") return ["this"]
  if (node.type === "MemberExpression" || node.type === "OptionalMemberExpression")
    return [
      ...chainOf(node.object),
      node.property.type === "Identifier" ? node.property.name : node.property.type === "StringLiteral" ? node.property.value : "?",
    ]
  if (node.type === "CallExpression") return chainOf(node.callee)
  if (node.type === "TaggedTemplateExpression") return chainOf(node.tag)
  if (node.type === "AwaitExpression" || node.type === "TSNonNullExpression" || node.type === "ParenthesizedExpression")
    return chainOf("argument" in node ? node.argument : node.expression)
  return ["?"]
}

const testKind = (chain: ReadonlyArray<string>): "test" | "suite" | undefined => {
  const words = chain.filter(
    (word) =>
      !MODIFIERS.has(word) && !/^(?:each|for|concurrent|sequential|serial|parallel|extend|shuffle|if|cb|macro|failing|step)$/.test(word),
  )
  const [root = "", second] = words
  if (words.length === 1 && SUITES.test(root)) return "suite"
  if (words.length === 1 && TESTS.test(root)) return "test"
  if (words.length !== 2 || !OWNERS.test(root) || second === undefined) return undefined
  return SUITES.test(second) ? "suite" : TESTS.test(second) ? "test" : undefined
}

const isLiteral = (node: Node): boolean => /^(?:String|Numeric|BigInt|Boolean|Null|RegExp)Literal$/.test(node.type)

/** The rows of `test.each([...])`: each is a check of its own. */
const rowsOf = (callee: Node): ReadonlyArray<Node> => {
  if (callee.type === "TaggedTemplateExpression") return callee.quasi.expressions
  if (callee.type !== "CallExpression") return []
  return callee.arguments.flatMap(
    (argument): ReadonlyArray<Node> => (argument.type === "ArrayExpression" ? argument.elements.filter((row) => row !== null) : [argument]),
  )
}

const titleOf = (node: CallExpression): string | undefined => {
  const first = node.arguments[0]
  if (first?.type === "StringLiteral") return first.value
  if (first?.type === "TemplateLiteral") return first.quasis.map((part) => part.value.raw).join("*")
  return first !== undefined && "id" in first && isNode(first.id) && first.id.type === "Identifier" ? first.id.name : undefined
}

const options = (node: CallExpression) =>
  node.arguments
    .flatMap((argument) => (argument.type === "ObjectExpression" ? argument.properties : []))
    .flatMap((property) =>
      property.type === "ObjectProperty" && property.key.type === "Identifier" ? [{ name: property.key.name, value: property.value }] : [],
    )

const modifiersOf = (chain: ReadonlyArray<string>, node: CallExpression): ReadonlyArray<string> => [
  ...chain.flatMap(
    (word) =>
      MODIFIERS.get(word) ??
      (/^x(?:it|test|describe|context|suite|specify)$/.test(word) ? "skip" : /^f(?:it|test|describe)$/.test(word) ? "only" : []),
  ),
  ...options(node).flatMap(({ name, value }) =>
    value.type === "BooleanLiteral" && !value.value ? [] : (MODIFIERS.get(name) ?? (/^retr(?:y|ies)$/.test(name) ? "retry" : [])),
  ),
]

const timeoutsOf = (node: CallExpression): ReadonlyArray<number> => {
  const last = node.arguments.at(-1)
  const named = options(node).flatMap(({ name, value }) => (/timeout$/i.test(name) && value.type === "NumericLiteral" ? [value.value] : []))
  return node.arguments.length > 1 && last?.type === "NumericLiteral" ? [...named, last.value] : named
}

const isAssertion = (chain: ReadonlyArray<string>): boolean => {
  const [root = "", ...rest] = chain
  if (ASSERTIONS.test(root) || rest.includes("should")) return true
  return /^(?:t|tt|tap|assert)$/.test(root) && rest.length > 0 && T_METHODS.test(rest[0] ?? "")
}

const leaves = (node: Node): boolean =>
  node.type === "ReturnStatement" || (node.type === "BlockStatement" && node.body.some((each) => each.type === "ReturnStatement"))

/** What stands there may not run, or its failure may not be seen. */
const guards = (node: Node, key: string): boolean =>
  (node.type === "IfStatement" && key !== "test") ||
  (node.type === "ConditionalExpression" && key !== "test") ||
  (node.type === "LogicalExpression" && key === "right") ||
  (node.type === "TryStatement" && key !== "finalizer" && node.handler != null) ||
  node.type === "SwitchCase"
