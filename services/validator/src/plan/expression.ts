/**
 * The simple part of GitHub's expression language (https://docs.github.com/actions/reference/evaluate-expressions-in-workflows):
 * literals, contexts, comparisons, `&&`, `||`, `!` and a few functions. Whatever else there is has the value `unknown`, which spreads.
 */
export type Value = string | number | boolean | null
/** Contexts by their dotted name, lower case: `matrix.node`, `runner.os`. */
export type Scope = ReadonlyMap<string, Value>
export const unknown = Symbol("unknown")
type Result = Value | typeof unknown

/** Longer expressions are not read; the parser's depth is bounded by it. */
const mostTokens = 500
const token = /\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)|(==|!=|<=|>=|&&|\|\||[!()<>,]))/y

const tokenize = (text: string): ReadonlyArray<string> | undefined => {
  const tokens: Array<string> = []
  token.lastIndex = 0
  while (token.lastIndex < text.trimEnd().length) {
    const match = token.exec(text)
    if (match === null) return undefined
    tokens.push(match[0].trim())
  }
  return tokens
}

const truthy = (value: Value): boolean => value !== null && value !== false && value !== 0 && value !== ""

const number = (value: Value): number => (value === null || value === "" ? 0 : Number(value))

const equal = (one: Value, other: Value): boolean => {
  if (typeof one === "string" && typeof other === "string") return one.toLowerCase() === other.toLowerCase()
  return typeof one === typeof other ? one === other : number(one) === number(other)
}

const compare = (operator: string, one: Value, other: Value): boolean => {
  if (operator === "==") return equal(one, other)
  if (operator === "!=") return !equal(one, other)
  const [left, right] = [number(one), number(other)]
  if (operator === "<") return left < right
  if (operator === ">") return left > right
  return operator === "<=" ? left <= right : left >= right
}

const functions: Readonly<Record<string, (args: ReadonlyArray<Value>) => Result>> = {
  always: () => true,
  success: () => true,
  failure: () => false,
  cancelled: () => false,
  contains: ([text = "", part = ""]) => String(text).toLowerCase().includes(String(part).toLowerCase()),
  startswith: ([text = "", part = ""]) => String(text).toLowerCase().startsWith(String(part).toLowerCase()),
  endswith: ([text = "", part = ""]) => String(text).toLowerCase().endsWith(String(part).toLowerCase()),
  format: ([text = "", ...parts]) => String(text).replace(/\{(\d+)\}/gu, (_, index) => String(parts[Number(index)] ?? "")),
}

class Parser {
  #at = 0
  readonly #tokens: ReadonlyArray<string>
  readonly #scope: Scope
  constructor(tokens: ReadonlyArray<string>, scope: Scope) {
    this.#tokens = tokens
    this.#scope = scope
  }
  get done(): boolean {
    return this.#at === this.#tokens.length
  }
  #take(...wanted: ReadonlyArray<string>): string | undefined {
    const next = this.#tokens[this.#at]
    if (next === undefined || !wanted.includes(next)) return undefined
    this.#at += 1
    return next
  }
  or(): Result {
    let left = this.#and()
    while (this.#take("||")) {
      const right = this.#and()
      left = left === unknown ? (right !== unknown && truthy(right) ? true : unknown) : truthy(left) ? left : right
    }
    return left
  }
  #and(): Result {
    let left = this.#comparison()
    while (this.#take("&&")) {
      const right = this.#comparison()
      left = left === unknown ? (right !== unknown && !truthy(right) ? false : unknown) : truthy(left) ? right : left
    }
    return left
  }
  #comparison(): Result {
    const left = this.#unary()
    const operator = this.#take("==", "!=", "<", ">", "<=", ">=")
    if (operator === undefined) return left
    const right = this.#unary()
    return left === unknown || right === unknown ? unknown : compare(operator, left, right)
  }
  #unary(): Result {
    if (this.#take("!")) {
      const value = this.#unary()
      return value === unknown ? unknown : !truthy(value)
    }
    if (this.#take("(")) {
      const value = this.or()
      return this.#take(")") ? value : unknown
    }
    const next = this.#tokens[this.#at] ?? ""
    this.#at += 1
    if (next.startsWith("'")) return next.slice(1, -1).replaceAll("''", "'")
    if (/^-?\d/u.test(next)) return Number(next)
    if (next === "true" || next === "false") return next === "true"
    if (next === "null") return null
    return this.#take("(") ? this.#call(next) : (this.#scope.get(next.toLowerCase()) ?? unknown)
  }
  #call(name: string): Result {
    const args: Array<Result> = []
    while (!this.done && !this.#take(")")) {
      args.push(this.or())
      this.#take(",")
    }
    const known = args.filter((arg) => arg !== unknown)
    const call = functions[name.toLowerCase()]
    return call === undefined || known.length < args.length ? unknown : call(known)
  }
}

/** The value of what stands between `${{` and `}}`. */
export const evaluate = (text: string, scope: Scope): Result => {
  const tokens = tokenize(text)
  if (tokens === undefined || tokens.length > mostTokens) return unknown
  const parser = new Parser(tokens, scope)
  const value = parser.or()
  return parser.done ? value : unknown
}

/** What an `if:` says; its `${{ }}` is optional. */
export const evaluateCondition = (text: string, scope: Scope): boolean | typeof unknown => {
  const value = evaluate(text.trim().replace(/^\$\{\{(.*)\}\}$/su, "$1"), scope)
  return value === unknown ? unknown : truthy(value)
}

const placeholder = /\$\{\{(.{0,1000}?)\}\}/gsu

/** The text with every `${{ }}` replaced; `unknown` lists the expressions that have no known value, which are replaced by nothing. */
export const interpolate = (text: string, scope: Scope): { readonly text: string; readonly unknown: ReadonlyArray<string> } => {
  const missing: Array<string> = []
  const replaced = text.replace(placeholder, (_, expression: string) => {
    const value = evaluate(expression, scope)
    if (value !== unknown) return value === null ? "" : String(value)
    missing.push(expression.trim())
    return ""
  })
  return { text: replaced, unknown: missing }
}
