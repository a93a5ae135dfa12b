import { expect, test } from "vitest"
import { BadWorkflow, jobsInOrder, parseWorkflow, stepName } from "./workflow-file.ts"

const job = "{ runs-on: x, steps: [{ run: npm test }] }"

test("steps are named as GitHub names them", () => {
  expect(stepName({ run: "npm ci\nnpm test" })).toBe("Run npm ci")
  expect(stepName({ uses: "actions/checkout@v4" })).toBe("Run actions/checkout@v4")
  expect(stepName({ run: "npm test", name: "Test" })).toBe("Test")
})

test("a job comes after the jobs it needs", () => {
  const workflow = parseWorkflow(`jobs:\n  ship: { needs: [test, lint], steps: [] }\n  test: { needs: lint, steps: [] }\n  lint: ${job}\n`)
  expect(jobsInOrder(workflow).map(([id]) => id)).toEqual(["lint", "test", "ship"])
})

test("jobs that need each other cannot be run", () => {
  const workflow = parseWorkflow("jobs:\n  a: { needs: b, steps: [] }\n  b: { needs: a, steps: [] }\n")
  expect(() => jobsInOrder(workflow)).toThrow(BadWorkflow)
})

test.each([
  ["no YAML", "jobs: ["],
  ["no workflow", "hello"],
  ["a step that is no step", "jobs: { a: { steps: [1] } }"],
  ["a matrix", "jobs: { a: { strategy: { matrix: { node: [1] } }, steps: [] } }"],
])("%s is refused", (_, text) => {
  expect(() => parseWorkflow(text)).toThrow(BadWorkflow)
})
