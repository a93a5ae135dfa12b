/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are expressions of GitHub. */
import { describe, expect, it } from "vitest"
import { evaluate, evaluateCondition, interpolate, unknown } from "./expression.ts"

const scope = new Map<string, string | number | boolean | null>([
  ["matrix.node", 20],
  ["matrix.os", "ubuntu-latest"],
  ["runner.os", "Linux"],
  ["env.mode", ""],
])

describe("an expression", () => {
  it.each([
    ["matrix.node", 20],
    ["'it''s'", "it's"],
    ["matrix.node == 20", true],
    ["matrix.node == '20'", true],
    ["matrix.os == 'UBUNTU-LATEST'", true],
    ["matrix.node >= 18 && runner.os == 'Linux'", true],
    ["!(matrix.node < 20) || false", true],
    ["env.mode || 'default'", "default"],
    ["matrix.node == 20 && 'new' || 'old'", "new"],
    ["startsWith(matrix.os, 'ubuntu') && contains(matrix.os, 'latest')", true],
    ["format('v{0}-{1}', matrix.node, 'x')", "v20-x"],
    ["null == false", true],
    ["always()", true],
    ["failure()", false],
    ["MATRIX.Node", 20],
  ])("%s is %s", (text, value) => expect(evaluate(text, scope)).toBe(value))

  it.each([
    "secrets.TOKEN",
    "github.event.number == 7",
    "hashFiles('**/lock')",
    "fromJSON('[1]')",
    "matrix['node']",
    "steps.x.outputs.y",
    "1 +",
    "'open",
    "",
  ])("%s is unknown", (text) => expect(evaluate(text, scope)).toBe(unknown))

  it("is known when the unknown part does not matter", () => {
    expect(evaluate("github.event.x && false", scope)).toBe(false)
    expect(evaluate("github.event.x || true", scope)).toBe(true)
    expect(evaluate("github.event.x && true", scope)).toBe(unknown)
  })
})

describe("a condition", () => {
  it("may stand in braces or not", () => {
    expect(evaluateCondition("${{ matrix.node == 20 }}", scope)).toBe(true)
    expect(evaluateCondition("matrix.node == 18", scope)).toBe(false)
    expect(evaluateCondition("github.ref == 'refs/heads/main'", scope)).toBe(unknown)
  })
})

describe("a text with expressions", () => {
  it("has them replaced, and says which have no value", () => {
    expect(interpolate("node-${{ matrix.node }} on ${{matrix.os}}", scope)).toEqual({ text: "node-20 on ubuntu-latest", unknown: [] })
    expect(interpolate("a ${{ secrets.KEY }} b", scope)).toEqual({ text: "a  b", unknown: ["secrets.KEY"] })
  })
})
