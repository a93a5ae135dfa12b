import { Schema } from "effect"
import { parse } from "yaml"

/** A workflow of the repository and its job that tests. */
export interface ChosenJob {
  readonly path: string
  readonly job: string
}

/** As little as must be known of a workflow: which of its jobs run something themselves. */
const Workflow = Schema.Struct({
  jobs: Schema.Record(
    Schema.String,
    Schema.Struct({ steps: Schema.optionalKey(Schema.Array(Schema.Struct({ run: Schema.optionalKey(Schema.Unknown) }))) }),
  ),
})
const decodeWorkflow = Schema.decodeUnknownOption(Workflow)
const tests = /\b(?:tests?|vitest|jest|mocha|pytest|tox|nox|check|make)\b/u

const jobIn = (text: string): string | undefined => {
  let value: unknown
  try {
    value = parse(text)
  } catch {
    return undefined
  }
  const decoded = decodeWorkflow(value)
  if (decoded._tag === "None") return undefined
  const isTest = (run: unknown) => typeof run === "string" && tests.test(run)
  return Object.entries(decoded.value.jobs).find(([, { steps = [] }]) => steps.some(({ run }) => isTest(run)))?.[0]
}

/** The first job whose own steps run tests; a job that lives in another repository says nothing here. */
export const chooseJob = (workflows: ReadonlyArray<{ readonly path: string; readonly text: string }>): ChosenJob | undefined => {
  const rank = ({ path }: { readonly path: string }) => (/\/(?:ci|tests?|build|main)\.ya?ml$/u.test(path) ? 0 : 1)
  for (const { path, text } of workflows.toSorted((one, other) => rank(one) - rank(other))) {
    const job = jobIn(text)
    if (job !== undefined) return { path, job }
  }
  return undefined
}
