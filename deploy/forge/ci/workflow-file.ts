import { Schema } from "effect"
import { parse } from "yaml"

const Scalar = Schema.Union([Schema.String, Schema.Number, Schema.Boolean])
const Variables = Schema.Record(Schema.String, Scalar)
const Defaults = Schema.Struct({
  run: Schema.optionalKey(
    Schema.Struct({ shell: Schema.optionalKey(Schema.String), "working-directory": Schema.optionalKey(Schema.String) }),
  ),
})

const Step = Schema.Struct({
  name: Schema.optionalKey(Schema.String),
  if: Schema.optionalKey(Scalar),
  run: Schema.optionalKey(Schema.String),
  uses: Schema.optionalKey(Schema.String),
  with: Schema.optionalKey(Variables),
  env: Schema.optionalKey(Variables),
  shell: Schema.optionalKey(Schema.String),
  "working-directory": Schema.optionalKey(Schema.String),
  "continue-on-error": Schema.optionalKey(Schema.Boolean),
})
export type Step = typeof Step.Type

const Job = Schema.Struct({
  name: Schema.optionalKey(Schema.String),
  needs: Schema.optionalKey(Schema.Union([Schema.String, Schema.Array(Schema.String)])),
  env: Schema.optionalKey(Variables),
  defaults: Schema.optionalKey(Defaults),
  "timeout-minutes": Schema.optionalKey(Schema.Number),
  strategy: Schema.optionalKey(Schema.Unknown),
  steps: Schema.Array(Step),
})
export type Job = typeof Job.Type

/** The part of a workflow file that the forge can run. */
export const Workflow = Schema.Struct({
  name: Schema.optionalKey(Schema.String),
  env: Schema.optionalKey(Variables),
  defaults: Schema.optionalKey(Defaults),
  jobs: Schema.Record(Schema.String, Job),
})
export type Workflow = typeof Workflow.Type

/** A workflow that cannot be run here: not YAML, not a workflow, or with a part the forge does not know. */
export class BadWorkflow extends Schema.TaggedError<BadWorkflow>()("BadWorkflow", { message: Schema.String }) {}

/** @throws BadWorkflow */
export const parseWorkflow = (text: string): Workflow => {
  let value: unknown
  try {
    value = parse(text)
  } catch (cause) {
    throw new BadWorkflow({ message: `not YAML: ${String(cause)}` })
  }
  const result = Schema.decodeUnknownResult(Workflow)(value)
  if (result._tag === "Failure") throw new BadWorkflow({ message: String(result.failure) })
  const matrix = Object.entries(result.success.jobs).find(([, job]) => job.strategy !== undefined)
  if (matrix !== undefined) throw new BadWorkflow({ message: `job ${matrix[0]} has a strategy, which the forge does not run` })
  return result.success
}

/** Jobs in an order in which each comes after those it needs. @throws BadWorkflow when there is none */
export const jobsInOrder = (workflow: Workflow): Array<readonly [string, Job]> => {
  const left = new Map(Object.entries(workflow.jobs))
  const ordered: Array<readonly [string, Job]> = []
  while (left.size > 0) {
    const ready = [...left].filter(([, job]) => needsOf(job).every((need) => !left.has(need)))
    if (ready.length === 0) throw new BadWorkflow({ message: `jobs need each other: ${[...left.keys()].join(", ")}` })
    for (const [id, job] of ready) {
      ordered.push([id, job])
      left.delete(id)
    }
  }
  return ordered
}

/** The jobs that must have succeeded before this one. */
export const needsOf = (job: Job): ReadonlyArray<string> =>
  job.needs === undefined ? [] : typeof job.needs === "string" ? [job.needs] : job.needs

/** What a step is called when it has no name, as GitHub shows it. */
export const stepName = (step: Step): string =>
  step.name ?? (step.uses === undefined ? `Run ${(step.run ?? "").split("\n")[0]}` : `Run ${step.uses}`)

/** Variables as a process gets them; later ones win. */
export const strings = (
  ...variables: ReadonlyArray<Readonly<Record<string, string | number | boolean>> | undefined>
): Record<string, string> =>
  Object.fromEntries(variables.flatMap((some) => Object.entries(some ?? {}).map(([name, value]) => [name, String(value)])))
