import type { Scenario } from "./scenario.ts"
import { branchMoved } from "./scenarios/branch-moved.ts"
import { flaky } from "./scenarios/flaky.ts"
import { noGreenAncestor } from "./scenarios/no-green-ancestor.ts"
import { nodeRegression } from "./scenarios/node-regression.ts"
import { pythonTest } from "./scenarios/python-test.ts"
import { sameAgain } from "./scenarios/same-again.ts"
import { typescriptCompile } from "./scenarios/typescript-compile.ts"

/** All scenarios, in an order in which each comes after the one it needs. */
export const scenarios: ReadonlyArray<Scenario> = [
  nodeRegression,
  sameAgain,
  typescriptCompile,
  pythonTest,
  flaky,
  branchMoved,
  noGreenAncestor,
]

/** @throws Error when there is no such scenario */
export const scenarioNamed = (name: string): Scenario => {
  const found = scenarios.find((scenario) => scenario.name === name)
  if (found === undefined) throw new Error(`no scenario is called ${name}; there are ${scenarios.map((one) => one.name).join(", ")}`)
  return found
}
